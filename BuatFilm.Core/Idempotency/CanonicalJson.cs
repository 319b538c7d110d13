using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace BuatFilm.Core.Idempotency;

/// <summary>One spelling for every JSON text that means the same: members sorted, numbers reduced, no white space.</summary>
public static class CanonicalJson
{
    /// <summary>The canonical UTF-8 text.</summary>
    /// <exception cref="InvalidOperationException">A string holds half of a surrogate pair.</exception>
    public static ReadOnlyMemory<byte> Of(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, element);
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(Number(element.GetRawText()), skipInputValidation: true);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    /// <summary>Digits without zeros at either end, and a power of ten: <c>1.0</c> is <c>1e0</c>, <c>100</c> and <c>1e2</c> are <c>1e2</c>.</summary>
    /// <remarks>Decimal all the way: through a double, 0.1 + 2^-60 would equal 0.1.</remarks>
    private static string Number(string text)
    {
        var sign = text.StartsWith('-') ? "-" : "";
        var mark = text.AsSpan().IndexOfAny('e', 'E');
        var exponentText = mark < 0 ? "0" : text[(mark + 1)..];
        var mantissa = (mark < 0 ? text : text[..mark]).TrimStart('-');

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        if (digits.Length == 0)
        {
            return "0";
        }

        // An exponent of more than 15 digits is no amount of anything: such a number equals only its own spelling.
        if (exponentText.Length > 16 || !long.TryParse(exponentText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent))
        {
            return text;
        }

        var shortened = digits.TrimEnd('0');
        exponent += digits.Length - shortened.Length - decimals;

        return string.Create(CultureInfo.InvariantCulture, $"{sign}{shortened}e{exponent}");
    }
}
