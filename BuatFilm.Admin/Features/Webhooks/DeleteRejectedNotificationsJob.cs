using BuatFilm.Admin.Data;
using Hangfire;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Deletes forged and unreadable notifications past their time. Tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed partial class DeleteRejectedNotificationsJob(Databases databases, IOptions<WebhooksOptions> options, ILogger<DeleteRejectedNotificationsJob> logger)
{
    private const string Sql = """
        delete from rejected_notifications where id in (
            select id from rejected_notifications
            where received_at < (select app_now()) - $1
            order by received_at limit $2 for update skip locked)
        """;

    public async Task ExecuteAsync(CancellationToken cancellationToken) =>
        LogDeleted(await OldRows.DeleteAsync(databases.Workers, Sql, options.Value.KeepRejected, cancellationToken));

    [LoggerMessage(LogLevel.Information, "Deleted {Count} rejected notifications.")]
    private partial void LogDeleted(long count);
}
