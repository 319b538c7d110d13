using Hangfire;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Runs what is due when the pump does not. The operations' rows own the progress, so Hangfire retries nothing.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class RunOperationsJob(RunOperations run)
{
    public Task ExecuteAsync(CancellationToken cancellationToken) => run.ExecuteAsync(cancellationToken);
}
