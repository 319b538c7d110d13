namespace BuatFilm.Core.Accounts;

/// <summary>The name under which somebody stands in the audit log; no two people have the same.</summary>
public static class PersonName
{
    public const int MinLength = 2;
    public const int MaxLength = 60;

    /// <summary>What the audit log calls programs, in its rows and in both languages of its page.</summary>
    private static readonly string[] ReservedBeginnings = ["system", "sistem", "program", "api:", "user:"];

    /// <summary>Trims, and makes every run of blanks one.</summary>
    public static string Clean(string? text) => string.Join(' ', (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <param name="name">Clean.</param>
    public static bool IsValid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        return name.Length is >= MinLength and <= MaxLength
            && name.Any(char.IsLetter)
            && !name.Any(letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) == System.Globalization.UnicodeCategory.Format)
            && !ReservedBeginnings.Any(beginning => name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase));
    }
}
