using System.Globalization;
using System.Text.Json;

namespace BuatFilm.Core;

/// <summary>Reads the members of a JSON request one by one and remembers what is wrong with each, so that the caller hears everything at once.</summary>
/// <remarks>A member that is absent, null or blank is not given. Members that nobody asks for are ignored.</remarks>
public sealed class RequestFields
{
    private readonly Dictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    public bool HasErrors => _errors.Count > 0;

    /// <summary>What is wrong, by the path of the member, such as <c>filter.channel</c>.</summary>
    public IReadOnlyDictionary<string, string[]> Errors => _errors.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);

    /// <summary>True when the member is there; null is as good as nothing.</summary>
    public static bool Has(JsonElement parent, string member, out JsonElement value)
    {
        value = default;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Says that the request must be an object, unless it is.</summary>
    public bool IsObject(JsonElement request, string path = "$")
    {
        if (request.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        Fail(path, "Send a JSON object.");
        return false;
    }

    /// <summary>A text without line breaks; trimmed.</summary>
    /// <param name="maxLength">In characters.</param>
    public string? Text(JsonElement parent, string member, string path, int maxLength)
    {
        if (!Has(parent, member, out var value))
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : null;
        if (text is { Length: 0 })
        {
            return null;
        }

        if (text is null || text.Length > maxLength || text.Any(character => char.IsControl(character) || character is '\u2028' or '\u2029'))
        {
            Fail(path, $"Give a text of at most {maxLength} characters without line breaks, or leave it out.");
            return null;
        }

        return text;
    }

    /// <summary>One of the wire names of <typeparamref name="T"/>.</summary>
    public T? Word<T>(JsonElement parent, string member, string path)
        where T : struct, Enum
    {
        if (!Has(parent, member, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && (value.GetString()!.Length == 0 || WireName<T>.TryParse(value.GetString(), out _)))
        {
            return WireName<T>.TryParse(value.GetString(), out var word) ? word : null;
        }

        Fail(path, $"Use one of {string.Join(", ", WireName<T>.All)}, or leave it out.");
        return null;
    }

    /// <summary>A list of the wire names of <typeparamref name="T"/>, each once; null when it is not given.</summary>
    public IReadOnlyList<T>? Words<T>(JsonElement parent, string member, string path)
        where T : struct, Enum
    {
        if (!Has(parent, member, out var list))
        {
            return null;
        }

        var words = new List<T>();
        if (list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && WireName<T>.TryParse(item.GetString(), out var word) && Add(word)))
        {
            return [.. words.Distinct()];
        }

        Fail(path, $"Give a list of {string.Join(", ", WireName<T>.All)}, or leave it out.");
        return null;

        bool Add(T word)
        {
            words.Add(word);
            return true;
        }
    }

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public int? Whole(JsonElement parent, string member, string path, int min, int max)
    {
        if (!Has(parent, member, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Fail(path, string.Create(CultureInfo.InvariantCulture, $"Give a whole number from {min} to {max}, or leave it out."));
        return null;
    }

    /// <summary>An instant with its offset, in UTC.</summary>
    public DateTimeOffset? Instant(JsonElement parent, string member, string path)
    {
        if (!Has(parent, member, out var value) || value is { ValueKind: JsonValueKind.String } && value.GetString()!.Length == 0)
        {
            return null;
        }

        // Without an offset it would be read in the zone of whatever machine this is.
        if (value.ValueKind == JsonValueKind.String && HasOffset(value.GetString()!) && value.TryGetDateTimeOffset(out var instant))
        {
            return instant.ToUniversalTime();
        }

        Fail(path, "Give an instant with its offset, such as 2026-11-27T14:20:00+07:00, or leave it out.");
        return null;
    }

    public void Fail(string path, string message)
    {
        if (!_errors.TryGetValue(path, out var messages))
        {
            _errors[path] = messages = [];
        }

        messages.Add(message);
    }

    private static bool HasOffset(string text)
    {
        var time = text.IndexOf('T', StringComparison.OrdinalIgnoreCase);
        return time > 0 && text.AsSpan(time).IndexOfAny("Zz+-") > 0;
    }
}
