using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Tells alerts soon after they are raised or resolved, and groups dead letters into alerts.</summary>
/// <remarks>Whoever raises an alert writes a row and goes on; nothing here is in anybody's way, and what fails is found at the next sweep.</remarks>
internal sealed class AlertDispatcher(TellAlerts tellAlerts, DeadLetterWatch deadLetters, Wakes wakes, TimeProvider time, ILogger<AlertDispatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(5);

    /// <summary>A little more than an alert must be old: what comes and goes within is one message.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1.1);

    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await wakes.Alerts.WaitAsync(Sweep, time, stoppingToken))
                {
                    await Task.Delay(Settle, time, stoppingToken);
                }

                await deadLetters.LookAsync(stoppingToken);
                await tellAlerts.ExecuteAsync(stoppingToken);
                _isAway = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The dispatcher outlives whatever fails; the next sweep tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Report(exception);
            }
        }
    }

    private void Report(Exception exception)
    {
        if (!DatabaseOutage.Is(exception))
        {
            logger.LogError(exception, "Alerts could not be told; the next sweep tries again.");
        }
        else if (!_isAway)
        {
            // Once: the alerts are in the database that is away.
            logger.LogWarning("Alerts wait until the database is back: {Message}", exception.GetBaseException().Message);
            _isAway = true;
        }
    }
}
