using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Health;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Live;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Health;

public sealed class ProbeTests
{
    private readonly FakeTimeProvider _time = new(Boards.Noon);

    [Fact]
    public async Task OutboxFiguresProbe_WhenTheDatabaseIsAway_KeepsTheLastFigures()
    {
        var board = Boards.Create(_time);
        var last = new OutboxFigures(7, TimeSpan.FromSeconds(3), 1, Boards.Noon);
        board.Publish(snapshot => snapshot with { Outbox = last });
        await using var databases = Unreachable();
        using var probe = new OutboxFiguresProbe(databases, board, Ticker(_time), _time, NullLogger<OutboxFiguresProbe>.Instance);

        await probe.CountAsync(TestContext.Current.CancellationToken);

        Assert.Equal(last, board.Current.Outbox);
    }

    [Fact]
    public async Task SweepProbe_WhenHangfirePlansAnotherSweep_SaysSoAndNotBefore()
    {
        var board = Boards.Create(_time);
        await using var database = await MigratedDatabase.CreateAsync();
        await using var databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", database.ConnectionString)]).Build());
        using var probe = new SweepProbe(databases, board, _time, NullLogger<SweepProbe>.Instance);
        await probe.LookAsync(TestContext.Current.CancellationToken);
        await TestPostgres.ExecuteAsync(database.ConnectionString, "insert into hangfire.hash (key, field, value) values ('recurring-job:deliver-outbox', 'LastExecution', 'long ago')");
        await probe.LookAsync(TestContext.Current.CancellationToken);
        await probe.LookAsync(TestContext.Current.CancellationToken);
        Assert.Null(board.Current.SweptAt);

        await TestPostgres.ExecuteAsync(database.ConnectionString, "update hangfire.hash set value = 'just now'");
        _time.Advance(TimeSpan.FromSeconds(5));
        await probe.LookAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(5));
        await probe.LookAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Boards.Noon.AddSeconds(5), board.Current.SweptAt);
    }

    [Fact]
    public async Task OutboxFiguresProbe_WhenAnotherProcessHasWrittenAndAPageIsOpen_CountsAtOnce()
    {
        var board = Boards.Create(TimeProvider.System);
        await using var database = await MigratedDatabase.CreateAsync();
        await using var databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", database.ConnectionString)]).Build());
        var mark = "before";
        using var ticker = new ChangeTicker(_ => Task.FromResult(Volatile.Read(ref mark)), new Wakes(), TimeProvider.System, NullLogger<ChangeTicker>.Instance);

        // Its own period never ends here: only the news can make it count again.
        using var probe = new OutboxFiguresProbe(databases, board, ticker, _time, NullLogger<OutboxFiguresProbe>.Instance);
        await probe.StartAsync(TestContext.Current.CancellationToken);
        await AppHost.EventuallyAsync(() => Task.FromResult(board.Current.Outbox is not null), "the first count");
        using var page = ticker.Subscribe(() => Task.CompletedTask);

        await TestPostgres.ExecuteAsync(database.ConnectionString, "insert into alerts (kind, severity, data, dedupe_key) values ('test', 'info', '{}', 'test')");
        Volatile.Write(ref mark, "after");

        // The pause between two counts is on the clock that stands still otherwise.
        await AppHost.EventuallyAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(5));
                return Task.FromResult(board.Current.WaitingAlerts == 1 && _time.GetUtcNow() < Boards.Noon.AddSeconds(4));
            },
            "the alert is counted");
        await probe.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task OutboxFiguresProbe_WhenTheDatabaseIsKnownToBeAway_AsksNobody()
    {
        var board = Boards.Create(_time);
        board.Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Unhealthy, Boards.Noon));
        await using var databases = Unreachable();
        using var probe = new OutboxFiguresProbe(databases, board, Ticker(_time), _time, NullLogger<OutboxFiguresProbe>.Instance);

        // Completed already: it did not even try to connect.
        var asked = probe.RefreshAsync(TestContext.Current.CancellationToken);

        Assert.True(asked.IsCompletedSuccessfully);
        await asked;
    }

    private static ChangeTicker Ticker(TimeProvider time) => new(_ => Task.FromResult(""), new Wakes(), time, NullLogger<ChangeTicker>.Instance);

    // Port 1 of the loopback: nobody serves there, and the refusal is immediate.
    private static Databases Unreachable() => new(new ConfigurationBuilder()
        .AddInMemoryCollection([new("ConnectionStrings:BuatFilm", "Host=127.0.0.1;Port=1;Username=u;Password=p;Database=d")])
        .Build());
}
