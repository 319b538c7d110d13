using System.Text;

namespace BuatFilm.Core.Orders;

/// <summary>Telephone numbers as people in Indonesia write them, in E.164.</summary>
public static class PhoneNumber
{
    /// <summary>Reads <c>0812…</c>, <c>62812…</c>, <c>+62 0812…</c>, <c>0062…</c>, <c>812…</c>, and any other country's number with its <c>+</c>.</summary>
    /// <param name="e164">Such as <c>+6281234567890</c>.</param>
    /// <returns>False when it cannot be a number that rings.</returns>
    public static bool TryNormalize(string? text, out string e164)
    {
        e164 = string.Empty;
        if (text is null || text.Length > 40)
        {
            return false;
        }

        var digits = new StringBuilder(16);
        var international = false;
        foreach (var character in text.Trim())
        {
            switch (character)
            {
                case >= '0' and <= '9':
                    digits.Append(character);
                    break;
                case '+' when digits.Length == 0 && !international:
                    international = true;
                    break;
                case ' ' or '-' or '.' or '(' or ')' or '\u00A0':
                    break;
                default:
                    return false;
            }
        }

        var number = digits.ToString();
        if (!international && number.StartsWith("00", StringComparison.Ordinal))
        {
            international = true;
            number = number[2..];
        }

        if (international && !number.StartsWith("62", StringComparison.Ordinal))
        {
            e164 = $"+{number}";

            // E.164: at most 15 digits, and no country code begins with 0.
            return number.Length is >= 8 and <= 15 && number[0] != '0';
        }

        var national = number.StartsWith("62", StringComparison.Ordinal) ? number[2..] : number;
        national = national.StartsWith('0') ? national[1..] : national;
        e164 = $"+62{national}";

        return national.Length is >= 8 and <= 13 && national[0] is >= '2' and <= '9';
    }
}
