using System.Net;
using System.Text.Json;
using BuatFilm.Admin.Features.Health;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Live;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Health;

public sealed class HealthEndpointsTests
{
    [Fact]
    public async Task Health_WhenAllIsWell_PassesWithoutDetailsAndIsNotCached()
    {
        await using var host = await HealthHost.StartAsync();
        MakeReady(host);
        host.Time.Advance(TimeSpan.FromSeconds(90));

        var response = await host.Client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(
            """{"status":"pass","degradation":"normal","timestamp":"2026-11-23T07:03:35+00:00","uptime":90}""",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Smtp", "warn", "degraded", HttpStatusCode.OK)]
    [InlineData("Smtp Midtrans", "warn", "severe", HttpStatusCode.OK)]
    [InlineData("Smtp Midtrans WhatsApp", "fail", "emergency", HttpStatusCode.ServiceUnavailable)]
    [InlineData("Database", "fail", "emergency", HttpStatusCode.ServiceUnavailable)]
    public async Task Health_WhenServicesAreDown_SaysHowBad(string down, string status, string degradation, HttpStatusCode code)
    {
        await using var host = await HealthHost.StartAsync();
        foreach (var service in down.Split(' ').Select(Enum.Parse<ExternalService>))
        {
            host.Board.Publish(snapshot => snapshot.WithBreaker(service, BreakerState.Open, Boards.Noon, null));
        }

        var (answered, body) = await GetAsync(host, "/health");

        Assert.Equal(code, answered);
        Assert.Equal(status, body.GetProperty("status").GetString());
        Assert.Equal(degradation, body.GetProperty("degradation").GetString());
    }

    [Fact]
    public async Task Health_ForAnOperator_TellsEachService()
    {
        await using var host = await HealthHost.StartAsync(permissions: ["health:details"]);
        host.Board.Publish(snapshot => snapshot
            .WithBreaker(ExternalService.WhatsApp, BreakerState.Open, Boards.Noon, Boards.Noon.AddMinutes(5))
            .WithProbe(ExternalService.Database, ServiceHealth.Healthy, Boards.Noon)
            .WithDrainBeat(Channel.Email, Boards.Noon)
            .WithDrainBeat(Channel.Whatsapp, Boards.Noon));

        var (_, body) = await GetAsync(host, "/health");

        Assert.Equal(
            """
            {"midtrans":{"status":"unknown","breaker":"closed"},
            "database":{"status":"healthy","breaker":"closed","since":"2026-11-23T07:02:05+00:00","checkedAt":"2026-11-23T07:02:05+00:00"},
            "smtp":{"status":"unknown","breaker":"closed"},
            "whatsapp":{"status":"unhealthy","breaker":"open","since":"2026-11-23T07:02:05+00:00"},
            "worker":{"status":"healthy","checkedAt":"2026-11-23T07:02:05+00:00"}}
            """.Replace("\n", "", StringComparison.Ordinal),
            body.GetProperty("services").GetRawText());
    }

    [Fact]
    public async Task Health_ForAnotherPermission_KeepsTheDetails()
    {
        await using var host = await HealthHost.StartAsync(permissions: ["orders:read"]);

        var (_, body) = await GetAsync(host, "/health");

        Assert.False(body.TryGetProperty("services", out _));
        Assert.False(body.TryGetProperty("capabilities", out _));
    }

    [Fact]
    public async Task Health_ForAnOpsKey_TellsTheDetailsToo()
    {
        await using var host = await HealthHost.StartAsync(new() { ["Ops:ApiKeys:monitor"] = "ops-key-of-the-monitor-0001", ["Storefront:ApiKeys:toko"] = "storefront-key-number-0001" });

        Assert.True((await GetAsync(host, "/health", "ops-key-of-the-monitor-0001")).Body.TryGetProperty("services", out _));
        Assert.False((await GetAsync(host, "/health", "storefront-key-number-0001")).Body.TryGetProperty("services", out _));
        var (code, body) = await GetAsync(host, "/health", "a-key-that-nobody-knows-01");
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.False(body.TryGetProperty("services", out _));
    }

    [Fact]
    public async Task Health_ForAnOperator_TellsWhatTheShopCanDo()
    {
        await using var host = await HealthHost.StartAsync(permissions: ["health:details"]);
        host.Board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Open, Boards.Noon, null) with { NotConfigured = [ExternalService.WhatsApp] });

        var (_, body) = await GetAsync(host, "/health");

        Assert.Equal(
            """
            {"accept_orders":{"state":"works","causes":[]},
            "take_payments":{"state":"delayed","causes":["midtrans"]},
            "send_email":{"state":"works","causes":[]},
            "send_whatsapp":{"state":"stopped","causes":[]},
            "process_webhooks":{"state":"works","causes":[]}}
            """.Replace("\n", "", StringComparison.Ordinal),
            body.GetProperty("capabilities").GetRawText());
    }

    [Theory]
    [InlineData(30, "healthy")]
    [InlineData(31, "unhealthy")]
    public async Task Health_WhenHangfireFallsSilent_CallsTheWorkerUnhealthy(int seconds, string status)
    {
        await using var host = await HealthHost.StartAsync(permissions: ["health:details"]);
        host.Time.Advance(TimeSpan.FromMinutes(10));
        host.Board.Publish(snapshot => snapshot with { SweptAt = host.Time.GetUtcNow() });
        host.Time.Advance(TimeSpan.FromSeconds(seconds));
        host.Board.Publish(snapshot => snapshot.WithDrainBeat(Channel.Email, host.Time.GetUtcNow()));

        var (_, body) = await GetAsync(host, "/health");

        Assert.Equal(status, body.GetProperty("services").GetProperty("worker").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData(30, "healthy")]
    [InlineData(31, "unhealthy")]
    public async Task Health_WhenOneChannelsDrainFallsSilent_CallsTheWorkerUnhealthy(int seconds, string status)
    {
        await using var host = await HealthHost.StartAsync(permissions: ["health:details"]);
        host.Board.Publish(snapshot => snapshot.WithDrainBeat(Channel.Email, Boards.Noon));
        host.Time.Advance(TimeSpan.FromSeconds(seconds));
        host.Board.Publish(snapshot => snapshot.WithDrainBeat(Channel.Whatsapp, host.Time.GetUtcNow()));

        var (_, body) = await GetAsync(host, "/health");

        Assert.Equal(status, body.GetProperty("services").GetProperty("worker").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Live_Always_IsAlive()
    {
        await using var host = await HealthHost.StartAsync();
        host.Board.Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Unhealthy, Boards.Noon));
        host.BeginToStop();

        var (code, body) = await GetAsync(host, "/health/live");

        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal("""{"status":"alive"}""", body.GetRawText());
    }

    [Fact]
    public async Task Live_WhenTheLoopHasStopped_IsStalledUntilItGoesRoundAgain()
    {
        var time = new FakeTimeProvider(Boards.Noon);
        using var watchdog = new LoopWatchdog(time, NullLogger<LoopWatchdog>.Instance);

        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(StatusCodes.Status200OK, HealthEndpoints.GetLive(watchdog).StatusCode ?? StatusCodes.Status200OK);
        time.Advance(TimeSpan.FromSeconds(1));
        var stalled = HealthEndpoints.GetLive(watchdog);
        Assert.Equal((StatusCodes.Status503ServiceUnavailable, "stalled"), (stalled.StatusCode, stalled.Value!.Status));

        await watchdog.StartAsync(TestContext.Current.CancellationToken);
        while (watchdog.IsStalled)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await watchdog.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Ready_AtTheStart_NamesEverythingThatIsMissing()
    {
        await using var host = await HealthHost.StartAsync(conditions: new Condition("the set-up is not done", false));

        var (code, body) = await GetAsync(host, "/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, code);
        Assert.Equal(
            """{"ready":false,"message":"Not ready: the database has not been checked yet; the database migrations are not applied; the set-up is not done."}""",
            body.GetRawText());
    }

    [Fact]
    public async Task Ready_WhenEverythingIsUp_IsReadyWhateverMidtransDoes()
    {
        await using var host = await HealthHost.StartAsync(conditions: new Condition("the set-up is not done", true));
        MakeReady(host);
        host.Board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Open, Boards.Noon, null));

        var (code, body) = await GetAsync(host, "/health/ready");

        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal("""{"ready":true,"message":"Ready."}""", body.GetRawText());
    }

    [Theory]
    [InlineData(BreakerState.Closed, HttpStatusCode.OK)]
    [InlineData(BreakerState.HalfOpen, HttpStatusCode.OK)]
    [InlineData(BreakerState.Open, HttpStatusCode.ServiceUnavailable)]
    [InlineData(BreakerState.Isolated, HttpStatusCode.ServiceUnavailable)]
    public async Task Ready_WhenMidtransIsRequired_FollowsItsBreaker(BreakerState state, HttpStatusCode expected)
    {
        await using var host = await HealthHost.StartAsync(new() { ["Health:ReadyRequires:0"] = "database", ["Health:ReadyRequires:1"] = "midtrans" });
        MakeReady(host);
        host.Board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, state, Boards.Noon, null));

        var (code, _) = await GetAsync(host, "/health/ready");

        Assert.Equal(expected, code);
    }

    [Theory]
    [InlineData(6, HttpStatusCode.OK, "Ready.")]
    [InlineData(7, HttpStatusCode.ServiceUnavailable, "Not ready: the database was last seen 7 s ago.")]
    public async Task Ready_WhenTheProbeFellSilent_IsNot(int seconds, HttpStatusCode expected, string message)
    {
        await using var host = await HealthHost.StartAsync();
        MakeReady(host);
        host.Time.Advance(TimeSpan.FromSeconds(seconds));

        var (code, body) = await GetAsync(host, "/health/ready");

        Assert.Equal(expected, code);
        Assert.Equal(message, body.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Ready_WhenTheProcessIsToldToStop_IsNot()
    {
        await using var host = await HealthHost.StartAsync();
        MakeReady(host);
        host.BeginToStop();

        var (code, body) = await GetAsync(host, "/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, code);
        Assert.Equal("Not ready: this node is shutting down.", body.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Start_WhenReadyRequiresNamesNoService_FailsWithTheSetting()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            HealthHost.StartAsync(new() { ["Health:ReadyRequires:0"] = "redis" }));

        Assert.Contains("Health:ReadyRequires names 'redis'", exception.Message, StringComparison.Ordinal);
    }

    private static void MakeReady(HealthHost host) =>
        host.Board.Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Healthy, host.Time.GetUtcNow()) with { IsMigrated = true });

    private static async Task<(HttpStatusCode Code, JsonElement Body)> GetAsync(HealthHost host, string path, string? apiKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = apiKey is null ? null : new("Bearer", apiKey);
        var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        return (response.StatusCode, body.RootElement.Clone());
    }

    private sealed record Condition(string Name, bool IsMet) : IReadinessCondition;
}
