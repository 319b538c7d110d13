using System.Text.RegularExpressions;

namespace BuatFilm.Core;

/// <summary>Personal data as lists show them: enough to recognise somebody, too little to write to him.</summary>
public static partial class Masked
{
    private const string Hidden = "***";

    /// <returns>Such as <c>b***@contoh.id</c>; only stars for what is no mail address.</returns>
    public static string Email(string address)
    {
        ArgumentNullException.ThrowIfNull(address);

        var at = address.LastIndexOf('@');
        return at < 0 ? Hidden : string.Concat(address.AsSpan(0, Math.Min(1, at)), Hidden, address.AsSpan(at));
    }

    /// <param name="e164">Such as <c>+6281234567890</c>.</param>
    /// <returns>Such as <c>+6281***890</c>; only stars for what is shorter than a number.</returns>
    public static string Phone(string e164)
    {
        ArgumentNullException.ThrowIfNull(e164);

        return e164.Length < 10 ? Hidden : $"{e164[..5]}{Hidden}{e164[^3..]}";
    }

    /// <returns>Such as <c>B*** S***</c>: the first letter of each word.</returns>
    public static string Name(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        return string.Join(' ', name.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(5).Select(word => $"{FirstLetter(word)}{Hidden}"));
    }

    /// <summary>A mail address, a telephone number, or an address of the web, of which the host stays.</summary>
    public static string Recipient(string recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);

        if (Uri.TryCreate(recipient, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return $"{address.Scheme}://{address.Host}/{Hidden}";
        }

        return recipient.Contains('@', StringComparison.Ordinal) ? Email(recipient) : Phone(recipient);
    }

    /// <summary>A server's words on one line, with the addresses and telephone numbers in them masked.</summary>
    /// <param name="maxLength">Where the text is cut, in characters; a cut one ends in an ellipsis.</param>
    public static string? Error(string? text, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var line = Blank().Replace(text, " ").Trim();
        line = MailAddress().Replace(line, match => Recipient(match.Value));
        line = Number().Replace(line, match => Recipient(match.Value));
        return line.Length <= maxLength ? line : string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[maxLength - 2]) ? maxLength - 2 : maxLength - 1), "…");
    }

    // A letter may be two code units, and half of one is no text.
    private static string FirstLetter(string word) => char.IsHighSurrogate(word[0]) && word.Length > 1 ? word[..2] : word[..1];

    // Control characters too: some of them hide text, or turn it round.
    [GeneratedRegex(@"[\s\p{Cc}\p{Cf}]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Blank();

    [GeneratedRegex(@"[^\s<>()\[\]:;,""@]+@[^\s<>()\[\]:;,""@]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex MailAddress();

    [GeneratedRegex(@"\+?(?<![\w.-])\d{10,15}(?![\w-])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Number();
}
