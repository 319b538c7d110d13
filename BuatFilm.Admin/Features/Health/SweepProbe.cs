using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using Npgsql;

namespace BuatFilm.Admin.Features.Health;

/// <summary>Looks every five seconds whether Hangfire, on whichever node, still plans the sweeps of the outbox.</summary>
/// <remarks>Not what it wrote but that it changed is what counts, so no two clocks are compared.</remarks>
internal sealed class SweepProbe(Databases databases, StatusBoard board, TimeProvider time, ILogger<SweepProbe> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private const string Sql = "select value from hangfire.hash where key = 'recurring-job:deliver-outbox' and field = 'LastExecution'";

    private string? _last;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = databases.Probes.CreateCommand(Sql);
            if (await command.ExecuteScalarAsync(cancellationToken) is string planned && planned != _last)
            {
                // What was found at the start may be of any age; only what comes after it is news.
                var isNews = _last is not null;
                _last = planned;
                if (isNews)
                {
                    board.Publish(snapshot => snapshot with { SweptAt = time.GetUtcNow() });
                }
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            // The database probe says loudly that the database is away; once is enough.
            logger.LogDebug(exception, "The last sweep could not be read.");
        }
    }
}
