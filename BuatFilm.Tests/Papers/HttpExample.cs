using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuatFilm.Tests.Papers;

/// <summary>An answer as a paper shows it, or as it came: the status, headers and the body.</summary>
/// <param name="Body">Null when there is none, or none is shown.</param>
internal sealed record HttpExample(int Status, IReadOnlyDictionary<string, string> Headers, JsonNode? Body)
{
    private const char Anything = '…';

    /// <summary>Reads <c>HTTP/1.1 201</c>, headers, an empty line and JSON.</summary>
    public static HttpExample Parse(string text)
    {
        var parts = text.ReplaceLineEndings("\n").Trim('\n').Split("\n\n", 2);
        var lines = parts[0].Split('\n');
        var headers = lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new HttpExample(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture),
            headers,
            parts.Length == 2 && parts[1].Trim() is { Length: > 0 } body ? JsonNode.Parse(body) : null);
    }

    /// <summary>What a real answer lacks of this one. It may have more.</summary>
    public IEnumerable<string> MissingIn(HttpExample real)
    {
        if (real.Status != Status)
        {
            yield return $"the status is {real.Status}, not {Status}";
        }

        foreach (var (name, value) in Headers)
        {
            if (!real.Headers.TryGetValue(name, out var given) || !(Fits(value, given) || given.StartsWith(value + ";", StringComparison.Ordinal)))
            {
                yield return $"{name} is '{given}', not '{value}'";
            }
        }

        if (Body is not null)
        {
            foreach (var difference in Differences(Body, real.Body, "$"))
            {
                yield return difference;
            }
        }
    }

    private static IEnumerable<string> Differences(JsonNode? shown, JsonNode? real, string path) => (shown, real) switch
    {
        (JsonObject wanted, JsonObject given) => wanted.SelectMany(member => given.ContainsKey(member.Key)
            ? Differences(member.Value, given[member.Key], $"{path}.{member.Key}")
            : [$"{path}.{member.Key} is not there"]),
        (JsonArray { Count: 0 }, JsonArray { Count: > 0 }) => [$"{path} is not empty"],

        // The order of a list is not what the papers are about.
        (JsonArray wanted, JsonArray given) => wanted.Where(item => !given.Any(other => !Differences(item, other, path).Any())).Select(item => $"{path} has no {item?.ToJsonString()}"),
        (JsonValue wanted, not null) when wanted.TryGetValue<string>(out var pattern) && pattern.Contains(Anything, StringComparison.Ordinal) =>
            real is JsonValue value && Fits(pattern, value.ToString()) ? [] : [$"{path} is {real.ToJsonString()}, not {pattern}"],
        _ => JsonNode.DeepEquals(shown, real) ? [] : [$"{path} is {real?.ToJsonString() ?? "null"}, not {shown?.ToJsonString() ?? "null"}"],
    };

    private static bool Fits(string pattern, string given) =>
        Regex.IsMatch(given, $"^{Regex.Escape(pattern).Replace(Anything.ToString(), ".+", StringComparison.Ordinal)}$", RegexOptions.Singleline, TimeSpan.FromSeconds(10));
}
