using BuatFilm.Admin.Live;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Runs operations as they fall due: at a wake, at the end of an undo window, and every few seconds for what another node left.</summary>
internal sealed class OperationPump(RunOperations run, OperationRows rows, Wakes wakes, TimeProvider time, ILogger<OperationPump> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(5);

    /// <summary>Requeued messages fall due one after the other; the outbox is woken for them this often, so that they leave evenly.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var woken = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Sweep;
            try
            {
                await run.ExecuteAsync(stoppingToken);
                if (woken && await rows.NextAsync(stoppingToken) is { } next && next < Sweep)
                {
                    wait = next;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The pump outlives whatever fails; operations go on where they are.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.LogError(exception, "Operations could not be run; it goes on in a moment.");
            }

            woken = await WaitAsync(wait, stoppingToken);
        }
    }

    /// <returns>False when nothing woke it.</returns>
    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken stoppingToken)
    {
        var started = time.GetTimestamp();
        for (var left = wait; left > TimeSpan.Zero; left = wait - time.GetElapsedTime(started))
        {
            try
            {
                if (await wakes.Operations.WaitAsync(run.AreFallingDue && left > Beat ? Beat : left, time, stoppingToken))
                {
                    return true;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return false;
            }

            if (run.AreFallingDue)
            {
                wakes.Outbox.Wake();
            }
        }

        return false;
    }
}
