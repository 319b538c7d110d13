using BuatFilm.Admin.Data;
using Hangfire;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Deletes bulk operations and their receipts 180 days after they ended, or were planned and never started. Tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed partial class DeleteOldOperationsJob(Databases databases, ILogger<DeleteOldOperationsJob> logger)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(180);

    // The items name their operation without a foreign key: checking one for each of 100,000 rows costs more than inserting them.
    private const string Sql = """
        with old as (
            select id from operations
            where coalesce(finished_at, created_at) < (select app_now()) - $1 and state <> 'running'
            order by created_at limit $2 for update skip locked),
        items as (
            delete from operation_items i using old where i.operation_id = old.id)
        delete from operations o using old where o.id = old.id
        """;

    public async Task ExecuteAsync(CancellationToken cancellationToken) =>
        LogDeleted(await OldRows.DeleteAsync(databases.Workers, Sql, Kept, cancellationToken, batchSize: 20));

    [LoggerMessage(LogLevel.Information, "Deleted {Count} bulk operations with their receipts.")]
    private partial void LogDeleted(long count);
}
