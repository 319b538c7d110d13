using Hangfire;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Delivers everything that is due, in all channels at once. Hangfire runs it every 5 s; our own table does the retrying.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class DeliverOutboxJob(IEnumerable<OutboxDrain> drains, OutboxSweeps sweeps, TimeProvider time)
{
    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        sweeps.Swept(time);
        await Task.WhenAll(drains.Select(drain => drain.RunAsync(cancellationToken)));
        sweeps.Swept(time);
    }
}
