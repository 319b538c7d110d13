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

/// <summary>The whole program on a wire to its database that is cut and mended.</summary>
public sealed class RequireServiceTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private TcpRelay _wire = null!;
    private AppHost _app = null!;
    private HttpClient _ops = null!;

    private StatusBoard Board => _app.Services.GetRequiredService<StatusBoard>();

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _wire = TcpRelay.To(_database.ConnectionString);
        _app = await AppHost.StartAsync(("ConnectionStrings:BuatFilm", _wire.ConnectionString), ("Degradation:RecoveryHold", "00:00:03"));
        _ops = _app.Client(AppHost.OpsKey);
        await AppHost.EventuallyAsync(() => Task.FromResult(Board.Current[ExternalService.Database].Health == ServiceHealth.Healthy), "the database was seen");
    }

    public async ValueTask DisposeAsync()
    {
        _ops.Dispose();
        await _app.DisposeAsync();
        await _wire.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Orders_WhileTheDatabaseIsAway_AreTurnedAwayQuicklyAndTakenSoonAfterItsReturn()
    {
        Assert.Equal(201, (await _app.OrderAsync(AppHost.Order("BEFORE-1"))).Status);
        await _wire.CutAsync();

        // The first ones find out; from then on nobody waits.
        MustBeRefused(await _app.OrderAsync(AppHost.Order("DURING-1")));
        await AppHost.EventuallyAsync(() => Task.FromResult(Board.Current[ExternalService.Database].Health == ServiceHealth.Unhealthy), "the board knows");
        var started = TimeProvider.System.GetTimestamp();
        var refused = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _app.OrderAsync(AppHost.Order($"DURING-{i + 2}"))));
        Assert.All(refused, MustBeRefused);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
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
        Assert.InRange(TimeProvider.System.GetElapsedTime(mended), TimeSpan.Zero, TimeSpan.FromSeconds(4));

        // The outage is on record, with one alert that is told in one message.
        await AppHost.EventuallyAsync(async () => await ReadAsync<long>("select count(*) from alerts where kind = 'degradation_level' and resolved_at is not null") == 1, "the alert is on record and over", 30);
        Assert.Equal("normal>emergency,emergency>normal", await ReadAsync<string>("select string_agg(from_level || '>' || to_level, ',' order by id) from degradation_changes"));
    }

    [Fact]
    public async Task Orders_WhileTheBreakerIsStillOpenButTheDatabaseAnswers_AreTaken()
    {
        Board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Database, BreakerState.Open, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddMinutes(1)));

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => _app.OrderAsync(AppHost.Order($"STALE-{i}"))));

        // One asks; those who come in the same moment are told to come again.
        Assert.Contains(answers, answer => answer.Status == 201);
        Assert.Equal(201, (await _app.OrderAsync(AppHost.Order("STALE-9"))).Status);
    }

    [Fact]
    public async Task Orders_WhileAnOperatorHoldsTheDatabaseBack_AreTurnedAway()
    {
        Board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Database, BreakerState.Isolated, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddSeconds(100)));

        var answer = await _app.OrderAsync(AppHost.Order("HELD-1"));

        MustBeRefused(answer);
        Assert.InRange(int.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture), 99, 126);
    }

    [Fact]
    public async Task Orders_WhileEverythingElseIsDown_AreTaken()
    {
        foreach (var service in new[] { ExternalService.Midtrans, ExternalService.Smtp, ExternalService.WhatsApp })
        {
            Board.Publish(snapshot => snapshot.WithBreaker(service, BreakerState.Open, TimeProvider.System.GetUtcNow(), null));
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

    private Task<T> ReadAsync<T>(string sql) => MigratedDatabase.ReadAsync<T>(_database.ConnectionString, sql);
}
