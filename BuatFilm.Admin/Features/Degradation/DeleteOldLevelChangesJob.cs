using BuatFilm.Admin.Data;
using Hangfire;

namespace BuatFilm.Admin.Features.Degradation;

/// <summary>Deletes changes of the degradation level after 90 days. Tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed partial class DeleteOldLevelChangesJob(Databases databases, ILogger<DeleteOldLevelChangesJob> logger)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const string Sql = """
        delete from degradation_changes where id in (
            select id from degradation_changes
            where at < (select app_now()) - $1
            order by at limit $2 for update skip locked)
        """;

    public async Task ExecuteAsync(CancellationToken cancellationToken) =>
        LogDeleted(await OldRows.DeleteAsync(databases.Workers, Sql, Kept, cancellationToken));

    [LoggerMessage(LogLevel.Information, "Deleted {Count} changes of the degradation level.")]
    private partial void LogDeleted(long count);
}
