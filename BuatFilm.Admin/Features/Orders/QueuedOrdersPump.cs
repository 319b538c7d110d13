using BuatFilm.Admin.Live;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Tries the queued orders the moment Midtrans is back, or an order was queued that need not wait.</summary>
/// <remarks>Hangfire sweeps every 5 s for everything else; when it has not for 15 s, the pump sweeps itself.</remarks>
internal sealed class QueuedOrdersPump(RetryQueuedOrders retry, Wakes wakes, TimeProvider time, ILogger<QueuedOrdersPump> logger) : BackgroundService
{
    private static readonly TimeSpan HangfireMissing = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await wakes.Orders.WaitAsync(TimeSpan.FromSeconds(5), time, stoppingToken) || retry.SinceLastRun > HangfireMissing)
                {
                    await retry.ExecuteAsync(stoppingToken);
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
                logger.LogError(exception, "The queued orders could not be tried; it goes on at the next wake or sweep.");
            }
        }
    }
}
