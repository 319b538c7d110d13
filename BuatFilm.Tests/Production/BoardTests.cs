using System.Text.Json;
using System.Text.RegularExpressions;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Production;

/// <summary>The Grafana board and the rules ask for what a running program has.</summary>
public sealed partial class BoardTests
{
    [Fact]
    public async Task Expressions_OfBoardAndRules_NameMetricsAndLabelsThatAreThere()
    {
        await using var app = await AppHost.StartAsync();
        (await app.PlaceAsync(AppHost.Order("BOARD-1"))).EnsureSuccessStatusCode();
        using var pay = JsonContent("""{"orderId":"BOARD-1","method":"qris","outcome":"settlement"}""");
        (await app.Anonymous.PostAsync("/sandbox/api/pay", pay, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await AppHost.EventuallyAsync(async () => await app.StatusOfAsync("BOARD-1") == "paid", "the order is paid");
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from notification_attempts where ended_at is not null") > 1, "the customer is told");

        // Some of it is counted in the background, a little later.
        List<string> missing;
        var tries = 0;
        do
        {
            await Task.Delay(500, TestContext.Current.CancellationToken);
            var scrape = new Scrape(await app.Anonymous.GetStringAsync("/metrics", TestContext.Current.CancellationToken));
            missing = [.. Board().Concat(Rules()).SelectMany(scrape.Missing).Distinct()];
        }
        while (missing.Count > 0 && ++tries < 30);

        Found.Nothing(missing);
        Assert.True(Board().Count > 10 && Rules().Count > 5, "Hardly anything was looked at.");
    }

    [Fact]
    public void Missing_OfWhatIsNotThere_IsFound()
    {
        var scrape = new Scrape("orders_total{outcome=\"paid\",job=\"x\"} 3 1764285512345\nlevel 0\n");

        Assert.Empty(scrape.Missing("sum by (outcome) (rate(orders_total{outcome!=\"denied\"}[5m])) > 0.1 and on (instance) level == 3"));
        Assert.Equal(["ordered_total in: rate(ordered_total[5m])"], scrape.Missing("rate(ordered_total[5m])"));
        Assert.Equal(["orders_total{result} in: orders_total{result=\"paid\"}"], scrape.Missing("orders_total{result=\"paid\"}"));
        Assert.Equal(["by channel in: sum by (channel) (orders_total)"], scrape.Missing("sum by (channel) (orders_total)"));
    }

    private static StringContent JsonContent(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private static List<string> Board()
    {
        using var board = JsonDocument.Parse(File.ReadAllText(SourceTree.PathOf("deploy/grafana-board.json")));
        return [.. Expressions(board.RootElement)];
    }

    private static IEnumerable<string> Expressions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member.Name == "expr" ? [member.Value.GetString()!]
            : member.Name == "query" && member.Value.ValueKind == JsonValueKind.String && LabelValues().Match(member.Value.GetString()!) is { Success: true } values ? [values.Groups["metric"].Value]
            : Expressions(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    // One line each: 'expr: up{job="buatfilm"} == 0'.
    private static List<string> Rules()
    {
        var lines = File.ReadAllLines(SourceTree.PathOf("deploy/prometheus-rules.yml")).Select(line => line.Trim()).ToList();
        List<string> expressions = [.. lines.Where(line => line.StartsWith("expr:", StringComparison.Ordinal)).Select(line => line[5..].Trim())];
        Assert.Equal(lines.Count(line => line.StartsWith("- alert:", StringComparison.Ordinal)), expressions.Count);
        return expressions;
    }

    [GeneratedRegex("""^label_values\((?<metric>\w+), *\w+\)$""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex LabelValues();
}
