using BuatFilm.Admin.Data;
using Hangfire;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Deletes messages past their time, with their attempts and receipts. What waits to be delivered stays, however old it is. Tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed partial class DeleteOldMessagesJob(Databases databases, IOptions<OutboxOptions> options, ILogger<DeleteOldMessagesJob> logger)
{
    // Ids grow with time but for a moment's difference, so the walk begins at the oldest and ends with a page whose last one is young.
    private const string DeleteSent = """
        with page as (
            select id, created_at from notification_outbox where id > $3 order by id limit $2),
        gone as (
            delete from notification_outbox m using page
            where m.id = page.id and page.created_at < (select app_now()) - $1
              and not exists (select 1 from outbox_queue q where q.message_id = m.id)
              and not exists (select 1 from outbox_dead d where d.message_id = m.id)
            returning m.id),
        tried as (
            delete from notification_attempts a using gone where a.message_id = gone.id)
        select max(id), (array_agg(created_at order by id desc))[1] >= (select app_now()) - $1, (select count(*) from gone) from page
        """;

    private const string DeleteDead = """
        with old as (
            select message_id from outbox_dead
            where dead_at < (select app_now()) - $1
            order by dead_at limit $2 for update skip locked),
        tried as (
            delete from notification_attempts a using old where a.message_id = old.message_id)
        delete from notification_outbox m using old where m.id = old.message_id
        """;

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var sent = await DeleteSentAsync(cancellationToken);
        var dead = await OldRows.DeleteAsync(databases.Workers, DeleteDead, options.Value.KeepDead, cancellationToken);
        LogDeleted(sent, dead);
    }

    private async Task<long> DeleteSentAsync(CancellationToken cancellationToken)
    {
        var (total, last) = (0L, (long?)0L);
        while (last is { } from)
        {
            await using var command = databases.Workers.CreateCommand(DeleteSent);
            command.Parameters.Add(new() { Value = options.Value.KeepSent });
            command.Parameters.Add(new() { Value = OldRows.BatchSize });
            command.Parameters.Add(new() { Value = from });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            total += reader.GetInt64(2);
            last = reader.IsDBNull(0) || reader.GetBoolean(1) ? null : reader.GetInt64(0);
        }

        return total;
    }

    [LoggerMessage(LogLevel.Information, "Deleted {Sent} messages that were sent long ago, and {Dead} old dead letters.")]
    private partial void LogDeleted(long sent, long dead);
}
