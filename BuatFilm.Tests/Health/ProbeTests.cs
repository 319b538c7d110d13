using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Health;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Live;
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
        using var probe = new OutboxFiguresProbe(databases, board, _time, NullLogger<OutboxFiguresProbe>.Instance);

        await probe.CountAsync(TestContext.Current.CancellationToken);

        Assert.Equal(last, board.Current.Outbox);
    }

    [Fact]
    public async Task OutboxFiguresProbe_WhenTheDatabaseIsKnownToBeAway_AsksNobody()
    {
        var board = Boards.Create(_time);
        board.Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Unhealthy, Boards.Noon));
        await using var databases = Unreachable();
        using var probe = new OutboxFiguresProbe(databases, board, _time, NullLogger<OutboxFiguresProbe>.Instance);

        // Completed already: it did not even try to connect.
        var asked = probe.RefreshAsync(TestContext.Current.CancellationToken);

        Assert.True(asked.IsCompletedSuccessfully);
        await asked;
    }

    // Port 1 of the loopback: nobody serves there, and the refusal is immediate.
    private static Databases Unreachable() => new(new ConfigurationBuilder()
        .AddInMemoryCollection([new("ConnectionStrings:BuatFilm", "Host=127.0.0.1;Port=1;Username=u;Password=p;Database=d")])
        .Build());
}
