using BuatFilm.Admin.Data;
using Hangfire;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Deletes alerts 180 days after they were resolved; one that lasts stays, however old it is. Tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed partial class DeleteOldAlertsJob(Databases databases, ILogger<DeleteOldAlertsJob> logger)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(180);

    private const string Sql = """
        delete from alerts where id in (
            select id from alerts
            where resolved_at < (select app_now()) - $1
            order by resolved_at limit $2 for update skip locked)
        """;

    public async Task ExecuteAsync(CancellationToken cancellationToken) =>
        LogDeleted(await OldRows.DeleteAsync(databases.Workers, Sql, Kept, cancellationToken));

    [LoggerMessage(LogLevel.Information, "Deleted {Count} alerts that were resolved long ago.")]
    private partial void LogDeleted(long count);
}
