using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Alerts;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Starts a drain the moment a commit of this process asks for it.</summary>
/// <remarks>Hangfire sweeps every 5 s for everything else; when it has not for 15 s, the pump sweeps itself and says so.</remarks>
internal sealed class OutboxPump(IEnumerable<OutboxDrain> drains, Databases databases, OutboxSweeps sweeps, Wakes wakes, TimeProvider time, ILogger<OutboxPump> logger) : BackgroundService
{
    public static readonly TimeSpan HangfireMissing = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        sweeps.Swept(time);
        var running = new HashSet<Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var woken = await wakes.Outbox.WaitAsync(TimeSpan.FromSeconds(5), time, stoppingToken);
                var overdue = sweeps.SinceLast(time) > HangfireMissing;
                if (overdue)
                {
                    await RaiseAlertAsync(stoppingToken);
                }

                if (woken || overdue)
                {
                    // Not awaited here: a slow mail server must not keep the other channels from their next wake.
                    running.RemoveWhere(drain => drain.IsCompleted);
                    running.UnionWith(drains.Select(drain => RunAsync(drain, stoppingToken)));
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The pump outlives whatever fails; the next wake or sweep tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.LogError(exception, "The outbox pump failed; it goes on at the next wake.");
            }
        }

        // What was sent must be marked before the process ends.
        await Task.WhenAll(running);
    }

    private async Task RunAsync(OutboxDrain drain, CancellationToken cancellationToken)
    {
        try
        {
            await drain.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
#pragma warning disable CA1031 // The next wake or sweep tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogError(exception, "Channel {Channel} could not be drained; it goes on at the next wake or sweep.", drain.Channel);
        }
    }

    private async Task RaiseAlertAsync(CancellationToken cancellationToken)
    {
        var data = new Dictionary<string, string>(StringComparer.Ordinal);
        if (await AlertRows.RaiseAsync(databases.Workers, "hangfire_not_sweeping", AlertSeverity.Warning, "outbox", data, "hangfire_not_sweeping", cancellationToken))
        {
            wakes.Alerts.Wake();
            logger.LogWarning("Hangfire has not swept the outbox for {Seconds} s; the pump does it.", (int)HangfireMissing.TotalSeconds);
        }
    }
}

/// <summary>When Hangfire last swept the outbox on this node.</summary>
internal sealed class OutboxSweeps
{
    private long _last;

    public void Swept(TimeProvider time) => Interlocked.Exchange(ref _last, time.GetTimestamp());

    public TimeSpan SinceLast(TimeProvider time) => time.GetElapsedTime(Interlocked.Read(ref _last));
}
