namespace BuatFilm.Admin.Components;

/// <summary>Hides most of what tells who somebody is, and leaves enough to tell two people apart.</summary>
public static class Masking
{
    private const char Dot = '•';

    /// <summary>A mail address or a phone number, by its looks; anything else as a name.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        return text.Contains('@', StringComparison.Ordinal) ? Email(text)
            : text.Length > 0 && text.All(letter => char.IsAsciiDigit(letter) || letter is '+' or ' ' or '-') ? Phone(text)
            : Name(text);
    }

    /// <summary><c>budi@contoh.id</c> is <c>b•••@contoh.id</c>.</summary>
    public static string Email(string address)
    {
        ArgumentNullException.ThrowIfNull(address);

        var at = address.LastIndexOf('@');
        return at <= 0 ? Name(address) : string.Concat(address.AsSpan(0, FirstLength(address)), Dots(3), address.AsSpan(at));
    }

    /// <summary><c>+6281234567890</c> is <c>+6281•••••7890</c>; a short one is hidden but for its last two digits.</summary>
    public static string Phone(string number)
    {
        ArgumentNullException.ThrowIfNull(number);

        return number.Length switch
        {
            <= 2 => Dots(number.Length),
            < 9 => Dots(number.Length - 2) + number[^2..],
            _ => string.Concat(number.AsSpan(0, 5), Dots(number.Length - 9), number.AsSpan(number.Length - 4)),
        };
    }

    /// <summary><c>Budi Santoso</c> is <c>B••• S•••</c>: as many dots for every name, for its length tells too.</summary>
    public static string Name(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        return string.Join(' ', name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part[..FirstLength(part)] + Dots(3)));
    }

    private static string Dots(int count) => new(Dot, count);

    // A sign beyond the sixteen bits of a char is two of them.
    private static int FirstLength(string text) => text.Length > 1 && char.IsSurrogatePair(text[0], text[1]) ? 2 : 1;
}
