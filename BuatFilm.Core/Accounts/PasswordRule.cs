namespace BuatFilm.Core.Accounts;

/// <summary>What is wrong with a password.</summary>
public enum PasswordFault
{
    TooShort,
    TooLong,

    /// <summary>Somebody who knows a little would try it.</summary>
    Guessable,
}

/// <summary>Length is what makes a password strong; rules about kinds of letters make people write it down. What is easily guessed is refused.</summary>
/// <remarks>As NIST SP 800-63B has it.</remarks>
public static class PasswordRule
{
    /// <summary>In characters.</summary>
    public const int MinLength = 12;

    /// <summary>In characters; more would only cost time to hash.</summary>
    public const int MaxLength = 200;

    /// <summary>Different characters that must be left when the guessable parts are taken out.</summary>
    private const int MinRest = 5;

    private const int ShortestWord = 3;

    private static readonly string[] Common =
    [
        "password", "passw0rd", "katasandi", "rahasia", "qwerty", "123456", "admin", "buatfilm", "letmein", "iloveyou", "sayang", "bismillah", "indonesia", "jakarta", "abcdef",
    ];

    /// <param name="email">The account's; it must not be the password.</param>
    /// <param name="displayName">The account's, likewise.</param>
    /// <returns>Null when the password will do.</returns>
    public static PasswordFault? Check(string? password, string? email, string? displayName)
    {
        if (password is null || password.Length < MinLength)
        {
            return PasswordFault.TooShort;
        }

        if (password.Length > MaxLength)
        {
            return PasswordFault.TooLong;
        }

        var guessable = Common.Append(email ?? "").Append(email?.Split('@')[0] ?? "").Concat((displayName ?? "").Split(' '));
        var rest = guessable
            .Where(word => word.Length >= ShortestWord)
            .OrderByDescending(word => word.Length)
            .Aggregate(password.ToUpperInvariant(), (left, word) => left.Replace(word.ToUpperInvariant(), "", StringComparison.Ordinal));
        return rest.Distinct().Count() < MinRest ? PasswordFault.Guessable : null;
    }
}
