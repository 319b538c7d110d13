using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Health;
using Npgsql;

namespace BuatFilm.Admin.Features.Health;

/// <summary>Asks the database every two seconds whether it is there, so that nobody's request has to find out.</summary>
internal sealed class DatabaseProbe(Databases databases, StatusBoard board, TimeProvider time, ILogger<DatabaseProbe> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private bool? _wasReachable;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            await ProbeAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One question, and what it says to the board.</summary>
    internal async Task ProbeAsync(CancellationToken cancellationToken)
    {
        var failure = await AskAsync(cancellationToken);
        var health = failure is null ? ServiceHealth.Healthy : ServiceHealth.Unhealthy;
        var now = time.GetUtcNow();
        board.Publish(snapshot => snapshot.WithProbe(ExternalService.Database, health, now));

        // Once per change; two lines a second all night would hide the one that matters.
        if (_wasReachable is not true && failure is null)
        {
            logger.LogInformation("The database answers.");
        }
        else if (_wasReachable is not false && failure is not null)
        {
            logger.LogError("The database does not answer: {Reason}", failure);
        }

        _wasReachable = failure is null;
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        // The real clock, not the board's: a connection that hangs does so in real time.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            await using var command = databases.Probes.CreateCommand("select 1");
            await command.ExecuteScalarAsync(deadline.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Deadline.TotalSeconds} s";
        }
        catch (NpgsqlException exception)
        {
            return exception.Message;
        }
        catch (TimeoutException exception)
        {
            return exception.Message;
        }
    }
}
