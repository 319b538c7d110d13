using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace BuatFilm.Admin.Http;

/// <summary>Takes only JSON that every reader understands alike and that PostgreSQL can keep.</summary>
internal static class StrictJson
{
    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 32;

    private static readonly JsonDocumentOptions DocumentOptions = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = MaxDepth,
    };

    private static readonly JsonReaderOptions ReaderOptions = new()
    {
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = MaxDepth,
    };

    /// <summary>Reads one JSON value; never throws, whatever the bytes are.</summary>
    /// <param name="utf8">The bytes as they arrived; they must not change while the document lives.</param>
    /// <param name="document">The value; the caller disposes it.</param>
    /// <param name="defect">What is wrong with the text, when this returns false.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JsonDocument? document, out JsonDefect defect)
    {
        document = null;
        defect = Inspect(utf8.Span);
        if (defect != JsonDefect.None)
        {
            return false;
        }

        try
        {
            document = JsonDocument.Parse(utf8, DocumentOptions);
            return true;
        }
        catch (JsonException)
        {
            // Everything else that it refuses was found before.
            defect = JsonDefect.DuplicateMember;
            return false;
        }
    }

    private static JsonDefect Inspect(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            return JsonDefect.MalformedJson;
        }

        var reader = new Utf8JsonReader(utf8, ReaderOptions);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    var escapes = InspectEscapes(reader.ValueSpan);
                    if (escapes != JsonDefect.None)
                    {
                        return escapes;
                    }
                }
            }

            return JsonDefect.None;
        }
        catch (JsonException)
        {
            return JsonDefect.MalformedJson;
        }
    }

    /// <summary>Looks for <c>\u0000</c>, which PostgreSQL cannot keep, and for half a surrogate pair, which is no character.</summary>
    private static JsonDefect InspectEscapes(ReadOnlySpan<byte> text)
    {
        var awaitsLow = false;
        for (var i = 0; i < text.Length; i++)
        {
            var unit = -1;
            if (text[i] == '\\')
            {
                i++;
                if (text[i] == 'u')
                {
                    _ = Utf8Parser.TryParse(text.Slice(i + 1, 4), out ushort value, out _, 'x');
                    unit = value;
                    i += 4;
                }
            }

            if (unit == 0)
            {
                return JsonDefect.NulCharacter;
            }

            var isLow = unit is >= 0xDC00 and <= 0xDFFF;
            if (isLow != awaitsLow)
            {
                return JsonDefect.MalformedJson;
            }

            awaitsLow = unit is >= 0xD800 and <= 0xDBFF;
        }

        return awaitsLow ? JsonDefect.MalformedJson : JsonDefect.None;
    }
}

/// <summary>Why a text is refused. The wire names are the codes of the answer.</summary>
internal enum JsonDefect
{
    None,

    /// <summary>Not JSON, not UTF-8, nested too deeply, or half a surrogate pair.</summary>
    MalformedJson,

    /// <summary>A member twice in one object: readers differ in which one they take.</summary>
    DuplicateMember,

    NulCharacter,
}
