using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Degradation;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Live;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Degradation;

/// <summary>The history and the alert on a real database; the test moves the node's clock and tells its board.</summary>
public sealed class LevelPumpTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Boards.Noon);
    private readonly List<IDisposable> _pumps = [];
    private TestDatabase _database = null!;
    private Databases _databases = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", _database.ConnectionString)]).Build());
    }

    public async ValueTask DisposeAsync()
    {
        _pumps.ForEach(pump => pump.Dispose());
        await _databases.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Outage_FromOneServiceToThreeAndBack_IsOneAlertWithTheWorst()
    {
        var node = await NodeAsync();
        await node.StepAsync(TimeSpan.Zero, open: ExternalService.Smtp);
        Assert.Equal("warning open 1 degraded degraded smtp", await AlertAsync());

        await node.StepAsync(TimeSpan.FromSeconds(5), open: ExternalService.Midtrans);
        await node.StepAsync(TimeSpan.FromSeconds(5), open: ExternalService.WhatsApp);
        Assert.Equal("critical open 3 emergency emergency midtrans, smtp, whatsapp", await AlertAsync());

        await node.StepAsync(TimeSpan.FromSeconds(5), closed: ExternalService.Smtp);
        await node.StepAsync(TimeSpan.FromSeconds(5), closed: ExternalService.Midtrans);
        await node.StepAsync(TimeSpan.FromSeconds(5), closed: ExternalService.WhatsApp);
        await node.StepAsync(TimeSpan.FromSeconds(29));
        Assert.StartsWith("critical open", await AlertAsync(), StringComparison.Ordinal);
        await node.StepAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("critical resolved 5 normal emergency midtrans, smtp, whatsapp", await AlertAsync());
        Assert.Equal(
            "normal>degraded, degraded>severe, severe>emergency, emergency>severe, severe>degraded, degraded>normal",
            await ReadAsync<string>("select string_agg(from_level || '>' || to_level, ', ' order by id) from degradation_changes"));
        Assert.Equal("midtrans smtp whatsapp", await ReadAsync<string>("select array_to_string(causes, ' ') from degradation_changes where to_level = 'emergency'"));

        // It ended when the last service came back, not when the hold was over.
        Assert.InRange(await ReadAsync<double>("select extract(epoch from resolved_at - raised_at)::double precision from alerts"), 24, 26);
    }

    [Fact]
    public async Task Relapse_WithinTheHold_StaysOneAlert()
    {
        var node = await NodeAsync();
        await node.StepAsync(TimeSpan.Zero, open: ExternalService.Smtp);
        await node.StepAsync(TimeSpan.FromSeconds(20), closed: ExternalService.Smtp);
        await node.StepAsync(TimeSpan.FromSeconds(20), open: ExternalService.Smtp);
        await node.StepAsync(TimeSpan.FromSeconds(20), closed: ExternalService.Smtp);
        await node.StepAsync(TimeSpan.FromSeconds(31));

        Assert.Equal(1L, await ReadAsync<long>("select count(*) from alerts"));
        Assert.Equal(4L, await ReadAsync<long>("select count(*) from degradation_changes"));
        Assert.StartsWith("warning resolved", await AlertAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DatabaseOutage_IsWrittenAfterItWithTheTimesAtWhichItHappened()
    {
        var node = await NodeAsync();
        node.Identity.Lose(); // As when the session went down with the server.
        await node.StepAsync(TimeSpan.Zero, open: ExternalService.Database);
        await node.StepAsync(TimeSpan.FromSeconds(60), closed: ExternalService.Database);
        await node.StepAsync(TimeSpan.FromSeconds(35));
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from degradation_changes"));

        node.Identity.Take(node.Id);
        await node.StepAsync(TimeSpan.FromSeconds(5));

        Assert.Equal("critical resolved 1 normal emergency database", await AlertAsync());
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from alerts where notified_at is not null"));
        Assert.InRange(await ReadAsync<double>("select extract(epoch from max(at) - min(at))::double precision from degradation_changes"), 59, 61);
        Assert.InRange(await ReadAsync<double>("select extract(epoch from app_now() - min(at))::double precision from degradation_changes"), 99, 110);
        Assert.InRange(await ReadAsync<double>("select extract(epoch from resolved_at - raised_at)::double precision from alerts"), 59, 61);
    }

    [Fact]
    public async Task DatabaseOutage_WhoseEndIsYoungerThanTheHold_RaisesNothingBeforeItIsOver()
    {
        var node = await NodeAsync();
        node.Identity.Lose();
        await node.StepAsync(TimeSpan.Zero, open: ExternalService.Database);
        await node.StepAsync(TimeSpan.FromSeconds(10), closed: ExternalService.Database);
        node.Identity.Take(node.Id);
        await node.StepAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(2L, await ReadAsync<long>("select count(*) from degradation_changes"));
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from alerts"));
        await node.StepAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("critical resolved 1 normal emergency database", await AlertAsync());
    }

    [Fact]
    public async Task Alert_WithTwoNodes_EndsWhenTheLastOfThemIsWell()
    {
        var (one, two) = (await NodeAsync(), await NodeAsync());
        await one.StepAsync(TimeSpan.Zero, open: ExternalService.Smtp);
        await two.StepAsync(TimeSpan.Zero, open: ExternalService.Smtp);
        Assert.Equal("warning open 2 degraded degraded smtp", await AlertAsync());

        await one.StepAsync(TimeSpan.FromSeconds(1), closed: ExternalService.Smtp);
        await one.StepAsync(TimeSpan.FromSeconds(31));
        Assert.StartsWith("warning open", await AlertAsync(), StringComparison.Ordinal);

        await two.StepAsync(TimeSpan.FromSeconds(1), closed: ExternalService.Smtp);
        await two.StepAsync(TimeSpan.FromSeconds(31));
        Assert.StartsWith("warning resolved", await AlertAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alert_OfANodeThatDied_IsResolvedByTheOther()
    {
        var (one, two) = (await NodeAsync(), await NodeAsync());
        await two.StepAsync(TimeSpan.Zero, open: ExternalService.Smtp);
        await one.StepAsync(TimeSpan.FromMinutes(2));
        Assert.StartsWith("warning open", await AlertAsync(), StringComparison.Ordinal);

        await TestPostgres.ExecuteAsync(_database.ConnectionString, $"update node_status set stopped_at = app_now() where node_id = '{two.Id}'");
        await one.StepAsync(TimeSpan.FromSeconds(16));

        Assert.StartsWith("warning resolved", await AlertAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pump_WhileItRuns_WritesWithinASecondAndWakesTheDispatcher()
    {
        var wakes = new Wakes();
        var node = await NodeAsync(TimeProvider.System, wakes);
        await node.Pump.StartAsync(TestContext.Current.CancellationToken);

        node.Board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Open, TimeProvider.System.GetUtcNow(), null));

        Assert.True(await wakes.Alerts.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal("warning open 1 degraded degraded smtp", await AlertAsync());
        await node.Pump.StopAsync(TestContext.Current.CancellationToken);
    }

    private Task<T> ReadAsync<T>(string sql) => MigratedDatabase.ReadAsync<T>(_database.ConnectionString, sql);

    private Task<string> AlertAsync() => ReadAsync<string>(
        """
        select string_agg(concat_ws(' ', severity, case when resolved_at is null then 'open' else 'resolved' end, occurrences, data ->> 'level', data ->> 'worst', data ->> 'causes'), '; ' order by id)
        from alerts where kind = 'degradation_level'
        """);

    private async Task<Node> NodeAsync(TimeProvider? time = null, Wakes? wakes = null)
    {
        var id = Guid.NewGuid();
        await TestPostgres.ExecuteAsync(
            _database.ConnectionString,
            $"insert into node_status (node_id, lock_key, machine_name, process_id, started_at, seen_at) values ('{id}', {Random.Shared.Next()}, 'kasir', 1, app_now(), app_now())");
        var identity = new LeaseHolder();
        identity.Take(id);
        var board = Boards.Create(time ?? _time);
        var pump = new LevelPump(board, _databases, identity, wakes ?? new Wakes(), time ?? _time, NullLogger<LevelPump>.Instance);
        _pumps.Add(pump);

        return new Node(id, board, pump, identity, _time, _database.ConnectionString);
    }

    private sealed record Node(Guid Id, StatusBoard Board, LevelPump Pump, LeaseHolder Identity, FakeTimeProvider Time, string Database)
    {
        /// <summary>Lets time go by for the node and the database, a breaker change, and the pump look.</summary>
        public async Task StepAsync(TimeSpan later, ExternalService? open = null, ExternalService? closed = null)
        {
            Time.Advance(later);
            await MigratedDatabase.MoveClockAsync(Database, Time.GetUtcNow() - Boards.Noon);
            if ((open ?? closed) is { } service)
            {
                Board.Publish(snapshot => snapshot.WithBreaker(service, open is null ? BreakerState.Closed : BreakerState.Open, Time.GetUtcNow(), null));
            }

            await Pump.StepAsync(TestContext.Current.CancellationToken);
        }
    }
}
