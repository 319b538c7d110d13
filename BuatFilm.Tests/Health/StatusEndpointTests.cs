using System.Text.Json.Nodes;
using BuatFilm.Core;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Health;

/// <summary><c>GET /api/ops/v1/status</c> tells the truth, soon.</summary>
public sealed class StatusEndpointTests : IAsyncLifetime
{
    private AppHost _app = null!;
    private HttpClient _ops = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await AppHost.StartAsync(
            ("Breakers:Smtp:BreakDuration", "00:00:01"), ("Breakers:Smtp:MaxBreakDuration", "00:00:02"),
            ("Breakers:Midtrans:BreakDuration", "00:00:01"), ("Breakers:Midtrans:MaxBreakDuration", "00:00:02"),
            ("Breakers:Database:BreakDuration", "00:00:01"), ("Breakers:Database:MaxBreakDuration", "00:00:02"));
        _ops = _app.Client(AppHost.OpsKey);
    }

    public ValueTask DisposeAsync()
    {
        _ops.Dispose();
        return _app.DisposeAsync();
    }

    [Fact]
    public async Task Status_OfAServiceThatGoesDown_SaysOpenWithinSeconds_AndClosedAfterItsReturn()
    {
        await AppHost.EventuallyAsync(async () => (string?)(await BreakerAsync("smtp"))["health"] == "healthy", "smtp is known to be well");
        var calm = await StatusAsync();
        Assert.Equal("normal", (string?)calm["level"]);
        Assert.Empty(calm["causes"]!.AsArray());
        Assert.Equal(["midtrans", "database", "smtp", "whatsapp"], calm["breakers"]!.AsArray().Select(breaker => (string?)breaker!["service"]));
        Assert.All(calm["breakers"]!.AsArray(), breaker => Assert.Equal("closed", (string?)breaker!["state"]));
        Assert.Equal((0L, 0.0, 0L), ((long)calm["outbox"]!["pending"]!, (double)calm["outbox"]!["oldestSeconds"]!, (long)calm["outbox"]!["dlq"]!));
        var self = Assert.Single(calm["nodes"]!.AsArray())!;
        Assert.Equal((Environment.MachineName, true), ((string?)self["machine"], (bool)self["isSelf"]!));
        Assert.Equal((string?)self["nodeId"], (string?)calm["breakers"]![0]!["nodes"]![0]!["nodeId"]);

        await _app.FaultAsync("smtp", "down");
        await AppHost.EventuallyAsync(async () => (string?)(await BreakerAsync("smtp"))["state"] == "open", "smtp is open", 6);
        var hurt = await StatusAsync();
        Assert.Contains("smtp", hurt["causes"]!.AsArray().Select(cause => (string?)cause));
        var smtp = await BreakerAsync("smtp");
        Assert.Equal(("unhealthy", "automatic", 1), ((string?)smtp["health"], (string?)smtp["mode"], (int)smtp["openNodes"]!));
        Assert.Equal((string?)smtp["state"], (string?)smtp["nodes"]![0]!["state"]);

        await _app.FaultAsync("smtp", "ok");
        await AppHost.EventuallyAsync(async () => (string?)(await BreakerAsync("smtp"))["state"] == "closed", "smtp is closed again", 10);
        await AppHost.EventuallyAsync(async () => await _app.ReadAsync<long>("select count(*) from alerts where dedupe_key = 'breaker_opened:smtp' and resolved_at is not null") == 1, "the alert is over");
    }

    [Theory]
    [InlineData("down")]
    [InlineData("error")]
    public async Task Status_OfMidtrans_IsKnownWithoutACustomer(string fault)
    {
        await _app.FaultAsync("midtrans", fault);

        await AppHost.EventuallyAsync(async () => (string?)(await BreakerAsync("midtrans"))["state"] is "open", "the probes find out", 8);

        Assert.Equal(0L, await _app.ReadAsync<long>("select count(*) from orders"));
    }

    [Fact]
    public async Task Status_WhileTheDatabaseIsAway_AnswersFromMemory()
    {
        await AppHost.EventuallyAsync(async () => (string?)(await BreakerAsync("database"))["health"] == "healthy", "the database is known to be well");
        await AllowConnectionsAsync(false);

        await AppHost.EventuallyAsync(async () => (string?)(await BreakerAsync("database"))["state"] == "open", "the database is away", 10);
        var status = await StatusAsync();
        Assert.Equal("emergency", (string?)status["level"]);
        Assert.Equal(["database"], status["causes"]!.AsArray().Select(cause => (string?)cause));
        Assert.NotNull(status["outbox"]);

        await AllowConnectionsAsync(true);
        await AppHost.EventuallyAsync(async () => (string?)(await BreakerAsync("database"))["state"] == "closed", "it is back", 15);
        await AppHost.EventuallyAsync(async () => await _app.ReadAsync<long>("select count(*) from breaker_transitions where service = 'database' and to_state = 'open'") >= 1, "the history follows", 15);
    }

    [Fact]
    public async Task Status_OfTwoNodes_IsOne()
    {
        await using var other = await _app.StartSiblingAsync();

        await AppHost.EventuallyAsync(async () => (await StatusAsync())["nodes"]!.AsArray().Count == 2, "they see each other");
        var status = await StatusAsync();
        Assert.All(status["breakers"]!.AsArray(), breaker => Assert.Equal(2, breaker!["nodes"]!.AsArray().Count));
        Assert.Equal(2, status["nodes"]!.AsArray().Select(node => (string?)node!["nodeId"]).Distinct().Count());

        // The sibling's own mail server goes down: this node's breaker stays closed, and the headline says so all the same.
        await other.FaultAsync("smtp", "down");
        await AppHost.EventuallyAsync(async () => (string?)(await BreakerAsync("smtp"))["state"] is "open" or "half_open", "the other's breaker is seen", 10);
        var smtp = await BreakerAsync("smtp");
        Assert.Equal((1, "closed"), ((int)smtp["openNodes"]!, (string?)smtp["nodes"]![0]!["state"]));
    }

    [Fact]
    public async Task Status_CountsTheOutboxWhenItIsAsked()
    {
        await StatusAsync();
        await TestPostgres.ExecuteAsync(
            _app.ConnectionString,
            """
            with m as (insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts)
                       select 'payment_received', 'email', 'budi@contoh.id', 'id', '{}', 8 from generate_series(1, 7) returning id)
            insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit) select id, 'email', app_now() + interval '1 h', 0, 8 from m
            """);

        await AppHost.EventuallyAsync(async () => (long)(await StatusAsync())["outbox"]!["pending"]! == 7, "they are counted", 3);
    }

    [Fact]
    public async Task Status_ForWhoMayNotKnow_IsRefused()
    {
        (await _app.Anonymous.AskAsync("/api/ops/v1/status")).MustBeProblem(401, "api_key_missing");
        (await _app.Storefront.AskAsync("/api/ops/v1/status")).MustBeProblem(403, "forbidden");
    }

    [Fact]
    public async Task Metrics_TellOfEveryBreaker()
    {
        await AppHost.EventuallyAsync(async () => (await _app.Anonymous.AskAsync("/metrics")).Text.Contains("buatfilm_breaker_calls_total", StringComparison.Ordinal), "calls are counted");

        var metrics = (await _app.Anonymous.AskAsync("/metrics")).Text;

        foreach (var name in new[] { "buatfilm_breaker_state", "buatfilm_breaker_mode", "buatfilm_breaker_failure_ratio", "buatfilm_breaker_outages_in_a_row", "buatfilm_breaker_in_flight", "buatfilm_breaker_recent_calls", "buatfilm_service_misconfigured" })
        {
            foreach (var service in Enum.GetValues<ExternalService>())
            {
                Assert.Contains(metrics.Split('\n'), line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains($"service=\"{service.ToString().ToLowerInvariant()}\"", StringComparison.Ordinal));
            }
        }
    }

    private async Task<JsonObject> StatusAsync()
    {
        var answer = await _ops.AskAsync("/api/ops/v1/status");
        Assert.Equal(200, answer.Status);
        return answer.Json;
    }

    private async Task<JsonObject> BreakerAsync(string service) => (await StatusAsync())["breakers"]!.AsArray().Single(breaker => (string?)breaker!["service"] == service)!.AsObject();

    /// <summary>Takes the database away, and gives it back.</summary>
    private async Task AllowConnectionsAsync(bool allow)
    {
        var target = new NpgsqlConnectionStringBuilder(_app.ConnectionString);
        var name = target.Database!;
        target.Database = "postgres";
        target.Pooling = false;
        await TestPostgres.ExecuteAsync(target.ConnectionString, $"alter database {name} with allow_connections {(allow ? "true" : "false")}");
        if (!allow)
        {
            await TestPostgres.ExecuteAsync(target.ConnectionString, $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
        }
    }
}
