using System.Globalization;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Degradation;

/// <summary>The program, started once, on a wire to its database.</summary>
public sealed class WiredApp : IAsyncLifetime
{
    private TestDatabase _database = null!;

    internal TcpRelay Wire { get; private set; } = null!;

    internal AppHost App { get; private set; } = null!;

    internal HttpClient Ops { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        Wire = TcpRelay.To(_database.ConnectionString);
        App = await AppHost.StartAsync(("ConnectionStrings:BuatFilm", Wire.ConnectionString), ("Degradation:RecoveryHold", "00:00:03"));
        Ops = App.Client(AppHost.OpsKey);
    }

    public async ValueTask DisposeAsync()
    {
        Ops.Dispose();
        await App.DisposeAsync();
        await Wire.DisposeAsync();
        await _database.DisposeAsync();
    }

    internal Task<T> ReadAsync<T>(string sql) => MigratedDatabase.ReadAsync<T>(_database.ConnectionString, sql);
}

/// <summary>The whole program on a wire to its database that is cut and mended.</summary>
public sealed class RequireServiceTests(WiredApp wired) : IClassFixture<WiredApp>, IAsyncLifetime
{
    private readonly TcpRelay _wire = wired.Wire;
    private readonly AppHost _app = wired.App;
    private readonly HttpClient _ops = wired.Ops;

    private StatusBoard Board => _app.Services.GetRequiredService<StatusBoard>();

    public async ValueTask InitializeAsync() =>
        await AppHost.EventuallyAsync(() => Task.FromResult(Board.Current[ExternalService.Database].Health == ServiceHealth.Healthy), "the database was seen");

    public ValueTask DisposeAsync()
    {
        foreach (var service in Enum.GetValues<ExternalService>())
        {
            Tell(service, BreakerState.Closed);
        }

        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Orders_WhileTheDatabaseIsAway_AreTurnedAwayQuicklyAndTakenSoonAfterItsReturn()
    {
        // What another test said on the board is over, so that this outage is one of its own.
        await AppHost.EventuallyAsync(() => Task.FromResult(Board.Current.Degradation is { Level: DegradationLevel.Normal, Outage: null }), "all is well", 60);
        Assert.Equal(201, (await _app.OrderAsync(AppHost.Order("BEFORE-1"))).Status);
        await _wire.CutAsync();

        // The first ones find out; from then on nobody waits.
        MustBeRefused(await _app.OrderAsync(AppHost.Order("DURING-1")));
        await AppHost.EventuallyAsync(() => Task.FromResult(Board.Current[ExternalService.Database].Health == ServiceHealth.Unhealthy), "the board knows");
        var started = TimeProvider.System.GetTimestamp();
        var refused = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _app.OrderAsync(AppHost.Order($"DURING-{i + 2}"))));
        Assert.All(refused, MustBeRefused);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(15));
        MustBeRefused(await _app.FindAsync("BEFORE-1"));

        // Memory answers; what needs rows does not. Without a key nobody gets that far.
        var degradation = await _ops.AskAsync("/api/ops/v1/degradation");
        Assert.Equal((200, "emergency"), (degradation.Status, (string?)degradation.Json["level"]));
        Assert.Equal("stopped", (string?)degradation.Json["capabilities"]![0]!["state"]);
        MustBeRefused(await _ops.AskAsync("/api/ops/v1/degradation/changes"));
        MustBeRefused(await _ops.AskAsync("/api/ops/v1/alerts"));
        Assert.Equal(401, (await _app.Anonymous.AskAsync("/api/ops/v1/alerts")).Status);
        var health = await _app.Anonymous.AskAsync("/health");
        Assert.Equal((503, "emergency"), (health.Status, (string?)health.Json["degradation"]));
        Assert.Equal(200, (await _app.Anonymous.AskAsync("/health/live")).Status);

        _wire.Mend();
        var mended = TimeProvider.System.GetTimestamp();
        Answer answer;
        do
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            answer = await _app.OrderAsync(AppHost.Order("AFTER-1"));
        }
        while (answer.Status == 503 && TimeProvider.System.GetElapsedTime(mended) < TimeSpan.FromSeconds(30));

        Assert.Equal(201, answer.Status);
        Assert.InRange(TimeProvider.System.GetElapsedTime(mended), TimeSpan.Zero, TimeSpan.FromSeconds(10));

        // The outage is on record, and its alert was raised and resolved.
        await AppHost.EventuallyAsync(
            async () => await wired.ReadAsync<long>("select count(*) from alerts where kind = 'degradation_level' and resolved_at is not null and data ->> 'causes' = 'database'") > 0,
            "the alert is on record and over",
            30);
        Assert.True(await wired.ReadAsync<long>("select count(*) from degradation_changes where to_level = 'emergency' and causes = '{database}'") > 0);
    }

    [Fact]
    public async Task Orders_WhileTheBreakerIsStillOpenButTheDatabaseAnswers_AreTaken()
    {
        Tell(ExternalService.Database, BreakerState.Open, TimeProvider.System.GetUtcNow().AddMinutes(1));

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => _app.OrderAsync(AppHost.Order($"STALE-{i}"))));

        // One asks; those who come in the same moment are told to come again.
        Assert.Contains(answers, answer => answer.Status == 201);
        Assert.Equal(201, (await _app.OrderAsync(AppHost.Order("STALE-9"))).Status);
    }

    [Fact]
    public async Task Orders_WhileAnOperatorHoldsTheDatabaseBack_AreTurnedAway()
    {
        Tell(ExternalService.Database, BreakerState.Isolated, TimeProvider.System.GetUtcNow().AddSeconds(100));

        var answer = await _app.OrderAsync(AppHost.Order("HELD-1"));

        MustBeRefused(answer);
        Assert.InRange(int.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture), 99, 126);
    }

    [Fact]
    public async Task Orders_WhileEverythingElseIsDown_AreTaken()
    {
        foreach (var service in new[] { ExternalService.Midtrans, ExternalService.Smtp, ExternalService.WhatsApp })
        {
            Tell(service, BreakerState.Open);
        }

        Assert.Equal(DegradationLevel.Emergency, Board.Current.Degradation.Level);
        Assert.Equal(201, (await _app.OrderAsync(AppHost.Order("ALONE-1"))).Status);
    }

    private static void MustBeRefused(Answer answer)
    {
        answer.MustBeProblem(503, "service_unavailable");
        Assert.Equal("emergency", (string?)answer.Json["degradation"]);
        Assert.InRange(int.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture), 1, 300);
    }

    private void Tell(ExternalService service, BreakerState state, DateTimeOffset? retryAt = null) =>
        Board.Publish(snapshot => snapshot.WithBreaker(service, state, TimeProvider.System.GetUtcNow(), retryAt));
}
