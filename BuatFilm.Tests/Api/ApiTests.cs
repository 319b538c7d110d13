using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Api;

/// <summary>What else the contract promises by HTTP, asked of the whole program.</summary>
public sealed partial class ApiTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task Probes_OfAProgramThatIsUp_SaySo()
    {
        await AppHost.EventuallyAsync(async () => (await app.Anonymous.AskAsync("/health/ready")).Status == 200, "the app is ready");

        var ready = await app.Anonymous.AskAsync("/health/ready");
        var live = await app.Anonymous.AskAsync("/health/live");

        Assert.Equal(["ready", "message"], ready.Json.Select(member => member.Key));
        Assert.True((bool)ready.Json["ready"]!);
        Assert.Equal((200, """{"status":"alive"}"""), (live.Status, live.Text));
        Assert.Equal("no-store", live.Headers["Cache-Control"]);
    }

    [Fact]
    public async Task Health_ForAnybody_TellsTheLevelAndNoDetails()
    {
        var health = await app.Anonymous.AskAsync("/health");

        Assert.Equal(200, health.Status);
        Assert.Contains((string)health.Json["status"]!, (string[])["pass", "warn"]);
        Assert.Superset(new HashSet<string> { "status", "degradation", "timestamp", "uptime" }, health.Json.Select(member => member.Key).ToHashSet());
        Assert.False(health.Json.ContainsKey("services"));
    }

    [Fact]
    public async Task Health_ForOperations_TellsEachService()
    {
        var health = await app.Anonymous.AskAsync("/health", ("Authorization", $"Bearer {AppHost.OpsKey}"));

        Assert.Equal(["database", "midtrans", "smtp", "whatsapp", "worker"], health.Json["services"]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task OpenApi_DescribesTheOrders_AsTheyAre()
    {
        var answer = await app.Anonymous.AskAsync("/openapi/v1.json");

        Assert.Equal(200, answer.Status);
        var paths = answer.Json["paths"]!.AsObject();
        var place = paths["/api/v1/orders"]!["post"]!;
        var key = Assert.Single(place["parameters"]!.AsArray(), parameter => (string?)parameter!["name"] == "Idempotency-Key")!;
        Assert.Equal(("header", true), ((string?)key["in"], (bool)key["required"]!));
        Assert.True(place["security"]!.AsArray().Single()!.AsObject().ContainsKey("apiKey"));
        Assert.Equal("bearer", (string?)answer.Json["components"]!["securitySchemes"]!["apiKey"]!["scheme"]);
        Assert.Superset(new HashSet<string> { "201", "202", "400", "401", "409", "422", "503" }, place["responses"]!.AsObject().Select(member => member.Key).ToHashSet());
        Assert.True((bool)place["requestBody"]!["required"]!);
        Assert.NotNull(paths["/api/v1/orders/{orderId}"]!["get"]!["security"]);
        Assert.NotNull(paths["/api/v1/midtrans/notifications"]!["post"]);
        Assert.All(paths, path => Assert.StartsWith("/api/v1/", path.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenApi_OfEveryReference_PointsAtSomething()
    {
        var document = (await app.Anonymous.AskAsync("/openapi/v1.json")).Json;

        foreach (Match reference in Reference().Matches(document.ToJsonString()))
        {
            JsonNode? node = document;
            foreach (var step in reference.Groups["target"].Value.Split('/'))
            {
                node = node?[step];
            }

            Assert.True(node is not null, reference.Value);
        }
    }

    [Fact]
    public async Task Docs_NeedNothingFromElsewhere()
    {
        var page = await app.Anonymous.AskAsync("/docs");
        if (page.Status is 301 or 302)
        {
            page = await app.Anonymous.AskAsync(page.Headers["Location"]);
        }

        Assert.Equal(200, page.Status);
        Assert.StartsWith("text/html", page.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.DoesNotMatch(ForeignResource(), page.Text);

        var scripts = Script().Matches(page.Text).Select(match => match.Groups["address"].Value).ToList();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            var answer = await app.Anonymous.AskAsync(new Uri(new Uri(app.Address, "/docs/"), script).PathAndQuery);
            Assert.True(answer.Status == 200, script);
        }
    }

    [Fact]
    public async Task Metrics_WithoutAToken_AreForThisMachine()
    {
        var metrics = await app.Anonymous.AskAsync("/metrics");

        Assert.Equal(200, metrics.Status);
        Assert.StartsWith("text/plain", metrics.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains(metrics.Text.Split('\n'), line => line.StartsWith("# TYPE ", StringComparison.Ordinal));
        Assert.NotEqual(200, (await app.Anonymous.AskAsync("/metrics", ("X-Forwarded-For", "203.0.113.7"))).Status);
    }

    [Fact]
    public async Task Metrics_WithAToken_AreForWhoHasIt()
    {
        await using var host = await AppHost.StartAsync(("Metrics:Token", "metrics-token-0001"));

        (await host.Anonymous.AskAsync("/metrics")).MustBeProblem(401, "api_key_missing");
        Assert.NotEqual(200, (await host.Anonymous.AskAsync("/metrics", ("Authorization", "Bearer wrong"))).Status);
        Assert.NotEqual(200, (await host.Anonymous.AskAsync("/metrics", ("Authorization", $"Bearer {AppHost.StorefrontKey}"))).Status);
        Assert.Equal(200, (await host.Anonymous.AskAsync("/metrics", ("Authorization", "Bearer metrics-token-0001"))).Status);
        Assert.Equal(200, (await host.Anonymous.AskAsync("/metrics", ("Authorization", "Bearer metrics-token-0001"), ("X-Forwarded-For", "203.0.113.7"))).Status);
    }

    [Fact]
    public async Task Jobs_WithoutASession_LeadToTheSignIn()
    {
        using var browser = app.Browser();

        using var answer = await browser.GetAsync("/jobs/recurring", TestContext.Current.CancellationToken);

        Assert.Equal("/account/sign-in?returnUrl=%2Fjobs%2Frecurring", answer.LeadsTo());
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/api/v1/orders/X")]
    [InlineData("/api/nowhere")]
    public async Task Answers_ForPrograms_CarryTheirSecurityHeaders(string path)
    {
        var answer = await app.Anonymous.AskAsync(path);

        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", answer.Headers["Content-Security-Policy"]);
        Assert.Equal("same-origin", answer.Headers["Cross-Origin-Resource-Policy"]);
        Assert.False(answer.Headers.ContainsKey("Server"));
        Assert.False(answer.Headers.ContainsKey("Set-Cookie"));
    }

    [Theory]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/api/")]
    [InlineData("GET", "/api/v1")]
    [InlineData("GET", "/api/v1/order")]
    [InlineData("POST", "/api/v1/order")]
    [InlineData("PATCH", "/api/v1/orders/a/b/c")]
    [InlineData("GET", "/api/v1/orders.json")]
    public async Task UnknownRoutes_OfTheApi_AreNotFound(string method, string path)
    {
        (await app.Anonymous.AskAsync(new HttpMethod(method), path)).MustBeProblem(404, "not_found");
    }

    [Theory]
    [InlineData("GET", "/api/v1/orders", "POST")]
    [InlineData("DELETE", "/api/v1/orders/", "POST")]
    [InlineData("POST", "/api/v1/orders/X", "GET")]
    [InlineData("GET", "/api/v1/midtrans/notifications", "POST")]
    public async Task KnownRoutes_UnderAnotherMethod_NameTheRightOne(string method, string path, string allowed)
    {
        var answer = await app.Anonymous.AskAsync(new HttpMethod(method), path);

        answer.MustBeProblem(405, "method_not_allowed");
        Assert.Equal(allowed, answer.Headers["Allow"]);
    }

    [GeneratedRegex("\"\\$ref\":\"#/(?<target>[^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Reference();

    [GeneratedRegex("""(?:src|href|url|import|@import)\s*[=(]\s*["']?(?:https?:)?//""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex ForeignResource();

    [GeneratedRegex("""<script[^>]+src="(?<address>[^"]+)""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Script();
}
