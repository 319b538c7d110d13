using System.Globalization;
using System.Text;

namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>Makes what customers wrote fit to be shown in the middle of our own words.</summary>
/// <remarks>It does not escape: that is HTML's matter, see <see cref="Html"/>.</remarks>
internal static class CustomerText
{
    /// <summary>One line, without characters that steer rather than show, at most <paramref name="maxLength"/> visible characters.</summary>
    /// <param name="maxLength">In visible characters (an emoji is one); what was cut is marked by an ellipsis.</param>
    public static string Clean(string? text, int maxLength)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var kept = new StringBuilder();
        var gap = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                gap = kept.Length > 0;
                continue;
            }

            if (Steers(rune))
            {
                continue;
            }

            if (gap)
            {
                kept.Append(' ');
                gap = false;
            }

            kept.Append(rune);
        }

        return Cut(kept.ToString(), maxLength);
    }

    /// <summary>Turns the reading direction, hides, or has no meaning: with it a name could make our own sentence read differently.</summary>
    private static bool Steers(Rune rune) => rune.Value switch
    {
        0x200C or 0x200D => false, // They join letters in Persian and emoji into one.
        0x061C or 0xFEFF or 0x00AD or 0xFFFD => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned,
    };

    private static string Cut(string text, int maxLength)
    {
        // A pile of combining marks is one visible character; so the raw length has a bound of its own.
        const int CodeUnits = 8;
        var parts = StringInfo.GetTextElementEnumerator(text);
        var kept = new StringBuilder();
        var count = 0;
        while (parts.MoveNext())
        {
            var part = parts.GetTextElement();
            if (count == maxLength || kept.Length + part.Length > maxLength * CodeUnits)
            {
                return kept.ToString().TrimEnd() + "…";
            }

            kept.Append(part);
            count++;
        }

        return kept.ToString();
    }
}
