using System.Text;

namespace BuatFilm.Admin.Components;

/// <summary>Text of others, made fit to be shown: customers' names, servers' errors.</summary>
public static class ForeignText
{
    /// <summary>One line without signs that draw nothing or turn the direction of writing, cut with an ellipsis.</summary>
    /// <param name="longest">Characters that are kept; from 1.</param>
    public static string Clean(string text, int longest)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);

        var clean = new StringBuilder(Math.Min(text.Length, longest + 1));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= longest)
            {
                return clean.Append('…').ToString();
            }

            if (Rune.IsControl(rune))
            {
                // Line breaks and tabs part words; other control characters are nothing.
                if (rune.Value is '\n' or '\r' or '\t' && clean.Length > 0 && clean[^1] != ' ')
                {
                    clean.Append(' ');
                }
            }
            else if (rune.Value is not (>= 0x200B and <= 0x200F or >= 0x202A and <= 0x202E or >= 0x2060 and <= 0x206F or 0xFEFF))
            {
                clean.Append(rune);
            }
        }

        return clean.ToString();
    }
}
