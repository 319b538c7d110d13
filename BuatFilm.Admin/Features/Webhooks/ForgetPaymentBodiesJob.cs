using BuatFilm.Admin.Data;
using Hangfire;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Empties the bodies of payment events past their time: they hold customers' data. The event stays, for its key must never be free again. Tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed partial class ForgetPaymentBodiesJob(Databases databases, IOptions<WebhooksOptions> options, ILogger<ForgetPaymentBodiesJob> logger)
{
    // Downwards from the youngest that is old enough, until a page has nothing left: what lies below was emptied on earlier days.
    private const string Forget = """
        with page as (
            select id from payment_events where id <= $3 order by id desc limit $2),
        emptied as (
            update payment_events e set raw_payload = ''::bytea
            from page
            where e.id = page.id and e.received_at < (select app_now()) - $1 and octet_length(e.raw_payload) > 0
              and e.outcome <> 'pending_verification' and not exists (select 1 from payment_event_checks c where c.event_id = e.id)
            returning 1)
        select coalesce(min(id), 0), (select count(*) from emptied) from page
        """;

    // Ids grow with time; no index over the arrival is worth its price at every notification.
    private const string IsOld = """
        select received_at < (select app_now()) - $1 from payment_events where id <= $2 order by id desc limit 1
        """;

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var (total, emptied) = (0L, 1L);
        var top = await NewestOldAsync(cancellationToken);
        while (top > 0 && emptied > 0)
        {
            await using var command = databases.Workers.CreateCommand(Forget);
            command.Parameters.Add(new() { Value = options.Value.KeepRawBodies });
            command.Parameters.Add(new() { Value = OldRows.BatchSize });
            command.Parameters.Add(new() { Value = top });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            (top, emptied) = (reader.GetInt64(0) - 1, reader.GetInt64(1));
            total += emptied;
        }

        LogForgotten(total);
    }

    /// <returns>The highest id whose event is old enough, or zero.</returns>
    private async Task<long> NewestOldAsync(CancellationToken cancellationToken)
    {
        await using var newest = databases.Workers.CreateCommand("select coalesce(max(id), 0) from payment_events");
        var (low, high) = (0L, (long)(await newest.ExecuteScalarAsync(cancellationToken))!);
        while (low < high)
        {
            var middle = high - ((high - low) / 2);
            await using var command = databases.Workers.CreateCommand(IsOld);
            command.Parameters.Add(new() { Value = options.Value.KeepRawBodies });
            command.Parameters.Add(new() { Value = middle });
            if (await command.ExecuteScalarAsync(cancellationToken) is false)
            {
                high = middle - 1;
            }
            else
            {
                low = middle;
            }
        }

        return low;
    }

    [LoggerMessage(LogLevel.Information, "Emptied the bodies of {Count} old payment events.")]
    private partial void LogForgotten(long count);
}
