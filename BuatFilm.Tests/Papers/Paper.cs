using System.Text;
using System.Text.RegularExpressions;
using BuatFilm.Tests.Shell;

namespace BuatFilm.Tests.Papers;

/// <summary>One of the papers that people read, taken apart.</summary>
/// <param name="Blocks">What stands between fences, in its order.</param>
/// <param name="Prose">All else, without comments.</param>
internal sealed partial record Paper(string Name, IReadOnlyList<PaperBlock> Blocks, string Prose)
{
    public const string Production = "PRODUCTION.md";

    private static readonly string[] Names = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "STOREFRONT.md", Production];

    /// <summary>Those that there are.</summary>
    public static IReadOnlyList<Paper> All { get; } = [.. Names.Where(name => File.Exists(SourceTree.PathOf(name))).Select(Read)];

    /// <summary>What is marked as code within a line, each with the line it stands in.</summary>
    public IEnumerable<(string Code, string Line)> Codes =>
        from line in Prose.Split('\n')
        from Match match in CodeSpan().Matches(line)
        select (match.Groups["code"].Value, line);

    public IEnumerable<string> Links => CodeSpan().Replace(Prose, "").Split('\n').SelectMany(line => Link().Matches(line)).Concat(Link().Matches(Prose)).Select(match => match.Groups["target"].Value).Distinct();

    /// <summary>The rows of every table, each as its cells.</summary>
    public IEnumerable<string[]> Rows =>
        from line in Prose.Split('\n')
        where line.StartsWith("| ", StringComparison.Ordinal) && line.EndsWith('|')
        select line[1..^1].Split(" | ").Select(cell => cell.Trim()).ToArray();

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public IReadOnlySet<string> Anchors
    {
        get
        {
            var anchors = new HashSet<string>(StringComparer.Ordinal);
            foreach (Match heading in Heading().Matches(Prose))
            {
                var slug = NotInAnchors().Replace(heading.Groups["title"].Value.Trim(), "").Replace(' ', '-');
#pragma warning disable CA1308 // GitHub's form is the lower one.
                slug = slug.ToLowerInvariant();
#pragma warning restore CA1308
                for (var (anchor, number) = (slug, 1); !anchors.Add(anchor); number++)
                {
                    anchor = $"{slug}-{number}";
                }
            }

            return anchors;
        }
    }

    public static Paper Read(string name) => Of(name, File.ReadAllText(SourceTree.PathOf(name)));

    public static Paper Of(string name, string text)
    {
        var blocks = new List<PaperBlock>();
        var prose = new StringBuilder();
        string? language = null;
        var block = new StringBuilder();
        foreach (var line in Comment().Replace(text, "").ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                if (language is null)
                {
                    language = line[3..].Trim();
                }
                else
                {
                    blocks.Add(new PaperBlock(language, block.ToString()));
                    block.Clear();
                    language = null;
                }
            }
            else
            {
                (language is null ? prose : block).Append(line).Append('\n');
            }
        }

        return language is null ? new Paper(name, blocks, prose.ToString()) : throw new FormatException($"{name}: a fence is not closed.");
    }

    public override string ToString() => Name;

    [GeneratedRegex("`(?<code>[^`\n]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Link();

    [GeneratedRegex("^#{1,6} (?<title>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex NotInAnchors();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Comment();
}

/// <param name="Language">As the fence names it, such as <c>sh</c>.</param>
internal sealed record PaperBlock(string Language, string Text);
