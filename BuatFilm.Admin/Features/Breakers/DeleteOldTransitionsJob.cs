using BuatFilm.Admin.Data;
using Hangfire;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Deletes breakers' transitions after 90 days. Tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed partial class DeleteOldTransitionsJob(Databases databases, ILogger<DeleteOldTransitionsJob> logger)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const string Sql = """
        delete from breaker_transitions where id in (
            select id from breaker_transitions
            where at < (select app_now()) - $1
            order by at limit $2 for update skip locked)
        """;

    public async Task ExecuteAsync(CancellationToken cancellationToken) =>
        LogDeleted(await OldRows.DeleteAsync(databases.Workers, Sql, Kept, cancellationToken));

    [LoggerMessage(LogLevel.Information, "Deleted {Count} transitions of breakers.")]
    private partial void LogDeleted(long count);
}
