using System.Text.RegularExpressions;

namespace BuatFilm.Tests.Production;

/// <summary>What a text for Prometheus has: its metrics, and the labels of each.</summary>
internal sealed partial class Scrape
{
    private readonly Dictionary<string, HashSet<string>> _labels = new(StringComparer.Ordinal)
    {
        ["up"] = [], // Prometheus makes it.
    };

    public Scrape(string text)
    {
        foreach (Match sample in Sample().Matches(text))
        {
            var name = sample.Groups["name"].Value;
            if (!_labels.TryGetValue(name, out var labels))
            {
                _labels[name] = labels = [];
            }

            labels.UnionWith(Label().Matches(sample.Groups["labels"].Value).Select(label => label.Groups["name"].Value));
        }
    }

    public IReadOnlyCollection<string> Metrics => _labels.Keys;

    /// <summary>Metrics and labels that an expression of PromQL names and that are not there.</summary>
    /// <remarks>As much of PromQL as the board and the rules use.</remarks>
    public IEnumerable<string> Missing(string expression)
    {
        var groups = Grouping().Matches(expression).SelectMany(group => Word().Matches(group.Groups["labels"].Value).Select(word => word.Value)).ToList();
        var rest = Range().Replace(Grouping().Replace(expression, " "), " ");
        List<string> seen = [];
        foreach (Match metric in Metric().Matches(Text().Replace(rest, "\"\"")))
        {
            var name = metric.Groups["name"].Value;
            if (name is "and" or "or" or "unless" or "bool" or "offset" or "inf")
            {
                continue;
            }

            seen.Add(name);
            if (!_labels.TryGetValue(name, out var labels))
            {
                yield return $"{name} in: {expression}";
                continue;
            }

            foreach (var label in Label().Matches(metric.Groups["labels"].Value).Select(label => label.Groups["name"].Value).Where(label => label is not ("job" or "instance") && !labels.Contains(label)))
            {
                yield return $"{name}{{{label}}} in: {expression}";
            }
        }

        if (seen.Count == 0)
        {
            yield return $"no metric in: {expression}";
        }

        foreach (var label in groups.Where(label => label is not ("job" or "instance") && !seen.Exists(metric => _labels.GetValueOrDefault(metric, []).Contains(label))))
        {
            yield return $"by {label} in: {expression}";
        }
    }

    // buatfilm_outbox_pending{otel_scope_name="BuatFilm.Status"} 3 1764285512345
    [GeneratedRegex("""^(?<name>[a-zA-Z_:][\w:]*)(\{(?<labels>.*)\})? \S+""", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 5_000)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Label();

    [GeneratedRegex("""\b(by|without|on|ignoring|group_left|group_right)\s*\((?<labels>[^)]*)\)""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Grouping();

    [GeneratedRegex("""\[[^\]]*\]""", RegexOptions.None, 5_000)]
    private static partial Regex Range();

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.None, 5_000)]
    private static partial Regex Text();

    [GeneratedRegex("""\w+""", RegexOptions.None, 5_000)]
    private static partial Regex Word();

    // A name that no bracket follows: that would be a function.
    [GeneratedRegex("""(?<![\w:$])(?<name>[a-zA-Z_:][\w:]*)\b(?!\s*\()(\s*\{(?<labels>[^}]*)\})?""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Metric();
}
