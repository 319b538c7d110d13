using System.Net;
using System.Text.Json;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Live;
using Microsoft.Extensions.Options;

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

    private static async Task<(HttpStatusCode Code, JsonElement Body)> GetAsync(HealthHost host, string path)
    {
        var response = await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        return (response.StatusCode, body.RootElement.Clone());
    }

    private sealed record Condition(string Name, bool IsMet) : IReadinessCondition;
}
