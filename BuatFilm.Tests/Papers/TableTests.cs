using System.Globalization;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Papers;

/// <summary>Tables that repeat what the code says, say the same.</summary>
public sealed partial class TableTests
{
    /// <summary>Codes that no call of a storefront meets.</summary>
    private static readonly Dictionary<string, string> NotForStorefronts = new(StringComparer.Ordinal)
    {
        ["invalid_cursor"] = "Storefronts have no lists.",
        ["unauthorized"] = "Of a refusal that gives no reason; keys always give one.",
        ["not_acceptable"] = "No route of theirs looks at Accept.",
        ["request_refused"] = "Of statuses that nothing gives today.",
    };

    /// <summary>Words of .NET's and Npgsql's.</summary>
    private static readonly string[] NotOurs = ["Failed to bind to address", "address already in use", "Failed to connect to"];

    [Fact]
    public void Codes_InTheStorefrontGuide_AreThoseThatTheApiGives()
    {
        var told = Paper.Read("STOREFRONT.md").Rows
            .Where(row => row.Length == 3 && Statuses().IsMatch(row[0]))
            .SelectMany(row => row[0].Split(", ").SelectMany(status => Code().Matches(row[1]).Select(match => (Status: int.Parse(status, CultureInfo.InvariantCulture), Code: match.Groups["code"].Value))))
            .ToList();
        var given = GivenCodes();

        Found.Nothing(given.Select(problem => problem.Code).Distinct().Except(told.Select(problem => problem.Code)).Where(code => !NotForStorefronts.ContainsKey(code)).Select(code => $"not told: {code}")
            .Concat(told.Where(problem => !given.Any(other => other.Code == problem.Code)).Select(problem => $"nobody gives: {problem.Code}"))
            .Concat(from code in told.Select(problem => problem.Code).Distinct()
                    from status in given.Where(problem => problem.Code == code).Select(problem => problem.Status).Distinct()
                    where !told.Contains((status, code))
                    select $"another status: {code} is {status}"));
    }

    [Fact]
    public void Statuses_InTheStorefrontGuide_AreThoseOfAnOrder()
    {
        var told = Paper.Read("STOREFRONT.md").Rows
            .Where(row => row.Length == 3 && Code().IsMatch(row[0]))
            .SelectMany(row => Code().Matches(row[0]).Select(match => match.Groups["code"].Value))
            .Where(word => word is not ("orderId" or "customer" or "items" or "grossAmount" or "expiresInMinutes" or "locale" or "metadata"));

        Assert.Equal(WireName<OrderStatus>.All.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(ExternalService.Midtrans)]
    [InlineData(ExternalService.Smtp)]
    [InlineData(ExternalService.WhatsApp)]
    [InlineData(ExternalService.Database)]
    public void Breakers_InTheReadme_HaveTheirDefaults(ExternalService service)
    {
        var breaker = new BreakersOptions().Of(service);
        var ours = string.Create(
            CultureInfo.InvariantCulture,
            $"{breaker.AttemptTimeout.TotalSeconds} s, {breaker.FailureRatio * 100} %, {breaker.SamplingDuration.TotalSeconds} s, {breaker.BreakDuration.TotalSeconds} s, {breaker.MaxBreakDuration.TotalMinutes} min");

        Assert.Equal(ours, Assert.Single(Paper.Read("README.md").Rows, row => row[0] == service.ToString())[2]);
    }

    [Fact]
    public void Sentences_OfTheTroubleshooting_AreThoseThatTheProgramSays()
    {
        var said = SaidSomewhere();

        Found.Nothing(from sentence in Troubles()
                      from piece in sentence.Split('…', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                      where !NotOurs.Contains(piece, StringComparer.Ordinal) && !said.Contains(piece, StringComparison.Ordinal)
                      select $"{sentence}: nobody says '{piece}'");
    }

    [Fact]
    public void Sentences_OfTheTroubleshooting_AreMany() => Assert.InRange(Troubles().Count(), 10, 100);

    [Fact]
    public void Sentence_ThatNobodySays_IsFound() => Assert.DoesNotContain("The shop is closed on " + "Sundays", SaidSomewhere(), StringComparison.Ordinal);

    private static IEnumerable<string> Troubles() =>
        from row in Paper.Of("troubles", Chapter("README.md", "## Troubleshooting")).Rows
        from Match match in Code().Matches(row[0])
        let sentence = match.Groups["code"].Value
        where sentence.Contains(' ', StringComparison.Ordinal)
        select sentence;

    /// <summary>Every text of the source, those in several pieces put together, and the names that stand in them filled in.</summary>
    private static string SaidSomewhere()
    {
        var files = SourceTree.Files("BuatFilm.Admin", "*.cs").Concat(SourceTree.Files("BuatFilm.Admin", "*.resx")).Concat(SourceTree.Files("BuatFilm.Tests", "*.cs").Where(path => !path.Contains("/Papers/", StringComparison.Ordinal)));
        var text = string.Join('\n', files.Select(File.ReadAllText));

        return Joint().Replace(text, "")
            .Replace("{PostgresPrograms.OldestMajor}", "14", StringComparison.Ordinal)
            .Replace("{Section}:{name} {what}", "", StringComparison.Ordinal)
            .Replace("{Key} is not set", "ConnectionStrings:BuatFilm is not set", StringComparison.Ordinal)
            .Replace("Mistake(nameof(Host), \"must", "Smtp:Host must", StringComparison.Ordinal);
    }

    private static string Chapter(string paper, string heading)
    {
        var text = File.ReadAllText(SourceTree.PathOf(paper));
        var start = text.IndexOf(heading, StringComparison.Ordinal);
        return text[start..text.IndexOf("\n## ", start + heading.Length, StringComparison.Ordinal)];
    }

    private static List<(int Status, string Code)> GivenCodes()
    {
        string[] sources =
        [
            "Http/Problems.cs", "Features/Orders/OrderProblems.cs", "Features/Orders/OrdersEndpoints.cs", "Features/Idempotency/IdempotencyProblems.cs",
        ];

        return
        [
            .. from source in sources
               from Match match in Given().Matches(File.ReadAllText(SourceTree.PathOf($"BuatFilm.Admin/{source}")))
               select (int.Parse(match.Groups["status"].Value, CultureInfo.InvariantCulture), match.Groups["code"].Value),
            .. WireName<JsonDefect>.All.Where(defect => defect != WireName<JsonDefect>.Of(JsonDefect.None)).Select(defect => (400, defect)),
            (401, "api_key_missing"), // Of ApiKeyAuthenticationHandler, as the next.
            (401, "api_key_invalid"),
            (500, "internal_error"),
        ];
    }

    [GeneratedRegex(@"^\d{3}(, \d{3})*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Statuses();

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Code();

    [GeneratedRegex("""StatusCodes\.Status(?<status>\d{3})\w+( => new\(status)?, (code \?\? )?"(?<code>[a-z_]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Given();

    [GeneratedRegex(@"""\s*\+\s*\$?""", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Joint();
}
