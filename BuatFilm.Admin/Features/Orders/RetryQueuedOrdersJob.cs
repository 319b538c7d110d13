using Hangfire;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Tries the orders that wait for Midtrans. The session row owns the waits, so Hangfire retries nothing.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class RetryQueuedOrdersJob(RetryQueuedOrders retry)
{
    public Task ExecuteAsync(CancellationToken cancellationToken) => retry.ExecuteAsync(cancellationToken);
}
