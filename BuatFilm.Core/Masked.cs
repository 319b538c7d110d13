namespace BuatFilm.Core;

/// <summary>Personal data as lists show them: enough to recognise somebody, too little to write to him.</summary>
public static class Masked
{
    private const string Hidden = "***";

    /// <returns>Such as <c>b***@contoh.id</c>; only stars for what is no mail address.</returns>
    public static string Email(string address)
    {
        ArgumentNullException.ThrowIfNull(address);

        var at = address.LastIndexOf('@');
        return at < 1 ? Hidden : $"{address[0]}{Hidden}{address[at..]}";
    }

    /// <param name="e164">Such as <c>+6281234567890</c>.</param>
    /// <returns>Such as <c>+6281***890</c>; only stars for what is shorter than a number.</returns>
    public static string Phone(string e164)
    {
        ArgumentNullException.ThrowIfNull(e164);

        return e164.Length < 9 ? Hidden : $"{e164[..5]}{Hidden}{e164[^3..]}";
    }

    /// <returns>Such as <c>B*** S***</c>: the first letter of each word.</returns>
    public static string Name(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        return string.Join(' ', name.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(5).Select(word => $"{FirstLetter(word)}{Hidden}"));
    }

    /// <summary>A mail address or a telephone number, whichever it is; an address of the web is no personal data.</summary>
    public static string Recipient(string recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);

        return recipient.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? recipient : recipient.Contains('@', StringComparison.Ordinal) ? Email(recipient) : Phone(recipient);
    }

    // A letter may be two code units, and half of one is no text.
    private static string FirstLetter(string word) => char.IsHighSurrogate(word[0]) && word.Length > 1 ? word[..2] : word[..1];
}
