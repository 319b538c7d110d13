using BuatFilm.Admin.Data;
using Hangfire;

namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>Deletes answers past their time. Only disk space depends on it: a claim honours the time by itself. Tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed partial class CleanUpIdempotencyKeysJob(IdempotencyRows rows, ILogger<CleanUpIdempotencyKeysJob> logger)
{
    /// <summary>Rows per statement: small enough that it never holds anybody up.</summary>
    public const int BatchSize = 5000;

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var deleted = 0;
        int last;
        do
        {
            last = await rows.DeleteExpiredAsync(BatchSize, cancellationToken);
            deleted += last;
        }
        while (last == BatchSize);

        LogDeleted(deleted);
    }

    [LoggerMessage(LogLevel.Information, "Deleted {Count} idempotency keys whose time was over.")]
    private partial void LogDeleted(int count);
}
