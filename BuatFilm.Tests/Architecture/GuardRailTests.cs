using System.Text.RegularExpressions;
using System.Xml.Linq;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Architecture;

/// <summary>The guard rails themselves stand, and nothing of one machine or person is in the repository.</summary>
public sealed partial class GuardRailTests
{
    private static readonly string[] TextFiles =
        [".cs", ".razor", ".md", ".json", ".props", ".targets", ".csproj", ".sln", ".txt", ".sh", ".css", ".js", ".resx", ".svg", ".yml", ".yaml", ".sql", ".csv", ".config", ".py", ""];

    // In parts: this file is scanned too.
    private static readonly string[] Forbidden =
    [
        "/" + "work/", "registry." + "npmjs", "nuget." + "org/", "pypi." + "org", "deb." + "debian.org", "proxy." + "golang.org",
        "playwright." + "azureedge", "cdn." + "playwright", "mcr." + "microsoft.com", "docker." + "io/",
    ];

    [Fact]
    public void BannedSymbols_AreTheFiveClocks()
    {
        var banned = File.ReadAllLines(SourceTree.PathOf("BannedSymbols.txt")).Select(line => line.Split(';')[0]).Order(StringComparer.Ordinal);

        Assert.Equal(
            ["P:System.DateTime.Now", "P:System.DateTime.Today", "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.Now", "P:System.DateTimeOffset.UtcNow"],
            banned.Where(symbol => symbol.Contains("System.DateTime", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("TreatWarningsAsErrors", "true")]
    [InlineData("EnforceCodeStyleInBuild", "true")]
    [InlineData("Nullable", "enable")]
    [InlineData("AnalysisLevel", "latest-recommended")]
    [InlineData("RestorePackagesWithLockFile", "true")]
    public void Build_KeepsItsRule(string property, string value)
    {
        Assert.Equal(value, Build().Descendants(property).Single().Value);
    }

    [Fact]
    public void Build_ReadsTheBannedSymbols()
    {
        Assert.Contains(Build().Descendants("AdditionalFiles"), item => item.Attribute("Include")!.Value.EndsWith("BannedSymbols.txt", StringComparison.Ordinal));
        Assert.Contains(Build().Descendants("PackageReference"), item => item.Attribute("Include")!.Value == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
    }

    [Fact]
    public void Files_NameNoMachineAndNoRegistry()
    {
        var found =
            from path in RepositoryFiles()
            let text = File.ReadAllText(path)
            from word in Forbidden
            where text.Contains(word, StringComparison.OrdinalIgnoreCase)
            select $"{Arrow.Relative(path)}: {word}";

        Found.Nothing(found);
    }

    [Fact]
    public void Files_NameNoMailAddressOfAPerson()
    {
        var found =
            from path in RepositoryFiles()
            from Match match in MailAddress().Matches(File.ReadAllText(path))
            where !Fictitious().IsMatch(match.Value)
            select $"{Arrow.Relative(path)}: {match.Value}";

        Found.Nothing(found.Distinct());
    }

    private static XDocument Build() => XDocument.Load(SourceTree.PathOf("Directory.Build.props"));

    private static IEnumerable<string> RepositoryFiles()
    {
        string[] notOurs = [".git", ".vs", ".idea", "bin", "obj", "artifacts", "TestResults", "results", "node_modules"];

        return Below(new DirectoryInfo(SourceTree.Root)).Where(path => TextFiles.Contains(Path.GetExtension(path)) || Path.GetFileName(path).StartsWith('.'));

        IEnumerable<string> Below(DirectoryInfo folder) =>
            folder.EnumerateFiles().Where(file => file.Name != ".git" && file.LinkTarget is null).Select(file => file.FullName)
                .Concat(folder.EnumerateDirectories().Where(child => !notOurs.Contains(child.Name) && child.LinkTarget is null).SelectMany(Below));
    }

    [GeneratedRegex(@"[\w.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex MailAddress();

    // Domains that RFC 2606 and RFC 6761 keep free of people; and contoh is Indonesian for example.
    [GeneratedRegex(@"@([\w.-]+\.)?(example(\.(com\w*|net|org|co\.id))?|[\w-]*contoh[\w-]*(\.co)?\.id|[\w-]+\.(test|example|invalid|localhost|local))$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Fictitious();
}
