using System.Globalization;

namespace BuatFilm.Core.Accounts;

/// <summary>What a password must be like: long, and not the first thing that somebody would guess. Nothing else is asked of it.</summary>
public static class PasswordRule
{
    /// <summary>The fewest and the most characters.</summary>
    public const int MinLength = 12;
    public const int MaxLength = 200;

    /// <summary>A password of fewer different characters is trivial.</summary>
    private const int FewestDifferent = 5;

    /// <summary>A piece up to this length, said again and again, is trivial.</summary>
    private const int LongestPiece = 8;

    /// <summary>What people take when nothing comes to their mind; digits and signs around it make it no better.</summary>
    private static readonly HashSet<string> Obvious = new(StringComparer.Ordinal)
    {
        "password", "passw0rd", "passphrase", "passwordku", "katasandi", "katakunci", "sandi", "rahasia", "admin", "administrator", "adminbuatfilm",
        "buatfilm", "buatfilmadmin", "qwerty", "qwertyuiop", "asdfghjkl", "letmein", "welcome", "selamatdatang", "indonesia", "jakarta",
        "bismillah", "sayang", "akusayangkamu", "iloveyou", "changeme", "gantiaku", "operator", "keuangan",
    };

    /// <summary>Looks at a new password.</summary>
    /// <param name="email">The account's; neither it nor what stands before its @ will do.</param>
    /// <returns>Null when it may be used.</returns>
    public static PasswordProblem? ProblemOf(string? password, string email)
    {
        ArgumentNullException.ThrowIfNull(email);

        if (password is null || Length(password) < MinLength)
        {
            return PasswordProblem.TooShort;
        }

        if (password.Length > MaxLength)
        {
            return PasswordProblem.TooLong;
        }

        var plain = Bare(password);
        var local = Bare(email.Split('@')[0]);
        if (string.Equals(password.Trim(), email.Trim(), StringComparison.OrdinalIgnoreCase) || (local.Length >= 3 && plain == local) || plain == Bare(email))
        {
            return PasswordProblem.MailAddress;
        }

        return IsTrivial(password.ToLowerInvariant()) || Obvious.Contains(plain) ? PasswordProblem.Trivial : null;
    }

    /// <summary>In characters as people count them.</summary>
    private static int Length(string text) => new StringInfo(text).LengthInTextElements;

    private static bool IsTrivial(string text) => text.Distinct().Count() < FewestDifferent || IsRun(text) || IsRepeated(text);

    /// <summary>Letters or digits in their order, such as <c>abcdefghijkl</c> or <c>987654321098</c>.</summary>
    private static bool IsRun(string text)
    {
        var steps = text.Zip(text.Skip(1), (a, b) => b - a).ToList();
        return steps.Count(step => step is 1) > steps.Count * 3 / 4 || steps.Count(step => step is -1) > steps.Count * 3 / 4;
    }

    private static bool IsRepeated(string text)
    {
        for (var piece = 1; piece <= LongestPiece && piece <= text.Length / 2; piece++)
        {
            if (Enumerable.Range(piece, text.Length - piece).All(index => text[index] == text[index - piece]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Without the digits and signs that are put around and between to please a rule.</summary>
    private static string Bare(string text) => string.Concat(text.ToLowerInvariant().Trim("0123456789!@#$%^&*()-_=+.,?/ ".ToCharArray()).Where(char.IsLetterOrDigit));
}

/// <summary>Why a password cannot be used.</summary>
public enum PasswordProblem
{
    TooShort,
    TooLong,

    /// <summary>It is the mail address, or what stands before its @.</summary>
    MailAddress,

    /// <summary>Among the first that somebody would try.</summary>
    Trivial,
}
