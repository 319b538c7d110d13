using System.Text.RegularExpressions;
using BuatFilm.Tests.Architecture;
using BuatFilm.Tests.Settings;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace BuatFilm.Tests.Papers;

/// <summary>Whatever the papers point at is there: other papers, chapters, files, settings, routes.</summary>
public sealed partial class ReferenceTests
{
    /// <summary>Files that whoever runs the app makes.</summary>
    private static readonly string[] OfTheOperator = ["appsettings.Production.json"];

    private static readonly string[] Services = ["Midtrans", "Database", "Smtp", "WhatsApp"];

    /// <summary>Addresses of others, and folders of the machine.</summary>
    private static readonly string[] NotRoutes = ["/snap", "/v2", "/var", "/etc", "/usr", "/opt", "/home", "/root", "/run", "/srv", "/tmp", "/lib", "/proc", "/dev"];

    private static readonly Lazy<string[]> Files = new(() => [.. RepositoryFiles().Select(path => "/" + Arrow.Relative(path))]);

    private static readonly Lazy<IConfigurationRoot> Example = new(() => ExampleFile.Read());

    private static readonly Lazy<ApprovedRoute[]> Routes = new(() => [.. File.ReadLines(SourceTree.PathOf("BuatFilm.Tests/Architecture/Routes.approved.txt")).Select(ApprovedRoute.Of).OfType<ApprovedRoute>()]);

    [Fact]
    public void Links_LeadSomewhere() => Found.Nothing(
        from paper in Paper.All
        from target in paper.Links
        where !IsThere(paper, target)
        select $"{paper}: {target}");

    [Fact]
    public void Files_InThePapers_Exist() => Found.Nothing(
        from paper in Paper.All
        from code in paper.Codes.Select(span => span.Code).Distinct()
        where IsPath(code) && !HasFile(code)
        select $"{paper}: {code}");

    [Fact]
    public void Settings_InThePapers_AreInTheExample() => Found.Nothing(
        from paper in Paper.All
        from code in paper.Codes.Select(span => span.Code).Concat(paper.Blocks.SelectMany(block => Words().Matches(block.Text).Select(match => match.Value))).Distinct()
        from key in KeysIn(code)
        where !HasSetting(key)
        select $"{paper}: {code}");

    [Fact]
    public void Routes_InThePapers_AreApproved() => Found.Nothing(
        from paper in Paper.All
        from call in paper.Codes.Select(span => RouteSpan().Match(span.Code)).Where(match => match.Success).Concat(paper.Blocks.SelectMany(block => RouteInBlock().Matches(block.Text)))
        let method = call.Groups["method"].Value
        let path = call.Groups["path"].Value
        where !NotRoutes.Any(start => path == start || path.StartsWith(start + "/", StringComparison.Ordinal)) && !HasRoute(method, path)
        select $"{paper}: {method} {path}".Trim());

    [Theory]
    [InlineData("[a](README.md#no-such-chapter)")]
    [InlineData("[a](#no-such-chapter)")]
    [InlineData("[a](NOWHERE.md)")]
    public void Link_ThatLeadsNowhere_IsFound(string text)
    {
        var paper = Paper.Of("README.md", text);

        Assert.False(IsThere(paper, Assert.Single(paper.Links)));
    }

    [Theory]
    [InlineData("## What differs, and *why*", "what-differs-and-why")]
    [InlineData("## `A` – b: c/d", "a--b-cd")]
    public void Anchor_OfAHeading_IsAsOnGitHub(string heading, string anchor) => Assert.Equal([anchor], Paper.Of("x", heading).Anchors);

    [Fact]
    public void Reference_ThatIsWrong_IsFound()
    {
        Assert.True(IsPath("Features/Orders/NoSuchFile.cs") && !HasFile("Features/Orders/NoSuchFile.cs"));
        Assert.True(IsPath("Architecture/RouteTest") && !HasFile("Architecture/RouteTest"));
        Assert.True(HasFile("Architecture/RouteTests") && HasFile("Settings/") && HasFile("Features/Orders/PlaceOrder.cs"));
        Assert.False(IsPath("application/json"));
        Assert.Equal(["Smtp:Hots"], KeysIn("Smtp__Hots"));
        Assert.False(HasSetting("Smtp:Hots"));
        Assert.False(HasSetting("Breakers:<Service>:Timeout"));
        Assert.True(HasSetting("Breakers:<Service>:AttemptTimeout") && HasSetting("Ops:ApiKeys:<name>") && HasSetting("Ops:Alert…"));
        Assert.False(HasRoute("GET", "/api/v1/midtrans/notifications"));
        Assert.False(HasRoute("", "/api/v1/order"));
        Assert.True(HasRoute("POST", "/api/v1/midtrans/notifications") && HasRoute("", "/api/v1/orders/FILM-1") && HasRoute("", "/api/ops/v1/…"));
    }

    private static bool IsThere(Paper from, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal))
        {
            return true; // Another's, which a test does not ask.
        }

        var parts = target.Split('#');
        if (parts[0].Length > 0 && !File.Exists(SourceTree.PathOf(parts[0])))
        {
            return false;
        }

        return parts.Length == 1 || (parts[0].Length == 0 ? from : Paper.Read(parts[0])).Anchors.Contains(parts[1]);
    }

    private static bool IsPath(string code) =>
        FileName().IsMatch(code) || (Folder().IsMatch(code) && !code.StartsWith("application/", StringComparison.Ordinal) && !code.StartsWith("text/", StringComparison.Ordinal));

    private static bool HasFile(string code)
    {
        var wanted = "/" + (code.StartsWith("./", StringComparison.Ordinal) ? code[2..] : code).TrimEnd('/');
        return OfTheOperator.Contains(wanted[1..], StringComparer.Ordinal)
            || Files.Value.Any(file => file.IndexOf(wanted, StringComparison.Ordinal) is >= 0 and var at && (at + wanted.Length == file.Length || file[at + wanted.Length] is '/' or '.'));
    }

    /// <summary>The setting that a word names, if it does, in the form with colons.</summary>
    private static IEnumerable<string> KeysIn(string code)
    {
        var word = code.StartsWith("--", StringComparison.Ordinal) ? code[2..].Split(' ')[0] : code.Split('=')[0];
        word = EnvironmentVariable().IsMatch(word) ? word.Replace("__", ":", StringComparison.Ordinal) : word;
        return Setting().IsMatch(word) ? [word] : [];
    }

    private static bool HasSetting(string key)
    {
        if (key.Contains("<Service>", StringComparison.Ordinal))
        {
            return Services.All(service => HasSetting(key.Replace("<Service>", service, StringComparison.Ordinal)));
        }

        var parts = key.Split(':');
        var parent = Example.Value.GetSection(string.Join(':', parts[..^1]));
        return parts[^1] switch
        {
            ['<', ..] => parent.GetChildren().Any(),
            [.. var start, '…'] => parent.GetChildren().Any(child => child.Key.StartsWith(start, StringComparison.Ordinal)),
            _ => parent.GetSection(parts[^1]).Exists(),
        };
    }

    private static bool HasRoute(string method, string path) => Routes.Value.Any(route => route.Fits(method, path.Split('?')[0]));

    private static IEnumerable<string> RepositoryFiles()
    {
        string[] notOurs = [".git", ".vs", ".idea", "bin", "obj", "artifacts", "TestResults", "results", "node_modules"];

        return Below(new DirectoryInfo(SourceTree.Root));

        IEnumerable<string> Below(DirectoryInfo folder) =>
            folder.EnumerateFiles().Select(file => file.FullName)
                .Concat(folder.EnumerateDirectories().Where(child => !notOurs.Contains(child.Name) && child.LinkTarget is null).SelectMany(Below));
    }

    [GeneratedRegex(@"^[\w.-]+(/[\w.-]+)*\.(cs|razor|md|json|props|txt|sh|yml|service|sln)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^[\w.-]+/([\w.-]+(/[\w.-]+)*/?)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Folder();

    [GeneratedRegex(@"^[A-Z][A-Za-z]*(:(<\w+>|[A-Za-z]+…?))+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Setting();

    [GeneratedRegex("^[A-Z][A-Za-z]*(__[A-Za-z]+)+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex EnvironmentVariable();

    [GeneratedRegex(@"(--)?[A-Z]\w*((:[A-Z]\w*)+|__\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Words();

    [GeneratedRegex(@"^((?<method>GET|POST|PUT|DELETE) )?(https?://(127\.0\.0\.1:5080|<your host>))?(?<path>/[\w{][^ …]*…?|/…|/)( .*)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex RouteSpan();

    [GeneratedRegex(@"\b(?<method>GET|POST|PUT|DELETE) (?<path>/[\w/{}.-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex RouteInBlock();

    /// <param name="Pattern">Of the whole path.</param>
    private sealed record ApprovedRoute(string Text, string[] Methods, Regex Pattern)
    {
        /// <returns>Null for those that answer everything.</returns>
        public static ApprovedRoute? Of(string line)
        {
            var words = line.Split(" – ")[0].Split(' ', 2);
            var path = words[0];
            if (!path.StartsWith('/') || path is "/api/{**path}" or "/{**path:file}")
            {
                return null;
            }

            var bare = path.Length > 1 ? path.TrimEnd('/') : path;
            var pattern = Regex.Replace(Regex.Escape(bare).Replace("\\{", "{", StringComparison.Ordinal), @"/?\{\\\*\\\*\w+}", "(/.*)?", RegexOptions.None, TimeSpan.FromSeconds(10));
            pattern = Regex.Replace(pattern, @"/\{\w+\\\?}", "(/[^/]+)?", RegexOptions.None, TimeSpan.FromSeconds(10));
            pattern = Regex.Replace(pattern, @"\{\w+(:\w+)?}", "[^/]+", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
            return new ApprovedRoute(bare, words[1].Replace("PAGE", "GET", StringComparison.Ordinal).Split(", "), new Regex($"^{pattern}$", RegexOptions.None, TimeSpan.FromSeconds(10)));
        }

        public bool Fits(string method, string path)
        {
            var wanted = path.Length > 1 ? path.TrimEnd('/') : path;
            return (method.Length == 0 || Methods.Contains(method, StringComparer.Ordinal) || Methods.Contains("ANY", StringComparer.Ordinal))
                && (wanted.EndsWith('…') ? Text.StartsWith(wanted[..^1].TrimEnd('/'), StringComparison.Ordinal) : Pattern.IsMatch(wanted));
        }
    }
}
