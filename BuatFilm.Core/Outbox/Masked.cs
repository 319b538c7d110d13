using System.Text.RegularExpressions;

namespace BuatFilm.Core.Outbox;

/// <summary>Customers' addresses as staff may see them: enough to recognise one, too little to write to it.</summary>
public static partial class Masked
{
    private const string Stars = "***";

    /// <summary><c>budi@contoh.id</c> becomes <c>b***@contoh.id</c>, <c>+6281234567890</c> becomes <c>+6281***890</c>, and of a web address its host stays.</summary>
    public static string Recipient(string recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);

        if (Uri.TryCreate(recipient, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return $"{address.Scheme}://{address.Host}/{Stars}";
        }

        var at = recipient.LastIndexOf('@');
        if (at >= 0)
        {
            return string.Concat(recipient.AsSpan(0, Math.Min(1, at)), Stars, recipient.AsSpan(at));
        }

        return recipient.Length >= 10 ? string.Concat(recipient.AsSpan(0, 5), Stars, recipient.AsSpan(recipient.Length - 3)) : Stars;
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

    // Control characters too: some of them hide text, or turn it round.
    [GeneratedRegex(@"[\s\p{Cc}\p{Cf}]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Blank();

    [GeneratedRegex(@"[^\s<>()\[\]:;,""@]+@[^\s<>()\[\]:;,""@]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex MailAddress();

    [GeneratedRegex(@"\+?(?<![\w.-])\d{10,15}(?![\w-])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Number();
}
