using BuatFilm.Admin.Data;
using Hangfire;

namespace BuatFilm.Admin.Features.Health;

/// <summary>Deletes nodes that stopped a week ago, and with them what they last reported. Tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed partial class DeleteStoppedNodesJob(Databases databases, ILogger<DeleteStoppedNodesJob> logger)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private const string Sql = """
        delete from node_status where node_id in (
            select node_id from node_status
            where stopped_at < (select app_now()) - $1
            order by stopped_at limit $2 for update skip locked)
        """;

    public async Task ExecuteAsync(CancellationToken cancellationToken) =>
        LogDeleted(await OldRows.DeleteAsync(databases.Workers, Sql, Kept, cancellationToken));

    [LoggerMessage(LogLevel.Information, "Deleted {Count} nodes that had stopped long ago.")]
    private partial void LogDeleted(long count);
}
