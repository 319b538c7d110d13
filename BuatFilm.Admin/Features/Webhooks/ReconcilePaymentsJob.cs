using Hangfire;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Looks every minute for payments that no notification told of. The page's row owns the waits, so Hangfire retries nothing.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class ReconcilePaymentsJob(ReconcilePayments reconcile)
{
    public Task ExecuteAsync(CancellationToken cancellationToken) => reconcile.ExecuteAsync(cancellationToken);
}
