using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Keeps what WhatsApp reports of messages, and lets it correct what we hold of them.</summary>
/// <remarks>
/// Reports come in any order, more than once, and before our own mark of the same message. Each says which attempt it
/// is about. A report of success ends a message whose attempt is unknown, before it is sent a second time; a report of
/// failure makes a message that we hold as sent a dead letter. A message that waits for another attempt goes on waiting.
/// </remarks>
internal sealed class RecordReceipts(Databases databases, NodeIdentity node, Wakes wakes, ILogger<RecordReceipts> logger)
{
    /// <summary>Times that our own mark may overtake a report before Meta has to send it again.</summary>
    private const int MaxRounds = 5;

    // 'kept' also touches a failure that is known already, and changes nothing of it: its row's newest state is what the
    // failure is judged by, not that of the statement's beginning. 'held' rows are locked and looked at again; one that
    // our own mark took in between is counted as missed, and the statement runs once more.
    private const string Record = """
        with clock as materialized (select app_now() as now),
        told as materialized (
            select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[], $9::bigint[], $10::uuid[], $11::int[])
            as t(provider_id, status, sent_at, delivered_at, read_at, failed_at, code, error, id, uuid, attempt)),
        known as materialized (
            select t.*, m.id as message_id from told t
            left join notification_outbox m on m.id = t.id and m.message_id = t.uuid and m.channel = 'whatsapp'),
        kept as (
            insert into message_receipts as r (provider_id, channel, message_id, status, sent_at, delivered_at, read_at, failed_at, code, error, updated_at)
            select k.provider_id, 'whatsapp', k.message_id, k.status, k.sent_at, k.delivered_at, k.read_at, k.failed_at, k.code, k.error, clock.now
            from known k, clock
            order by k.provider_id
            on conflict (provider_id) do update set
                message_id = coalesce(r.message_id, excluded.message_id),
                status = case when array_position($12::text[], excluded.status) > array_position($12, r.status) then excluded.status else r.status end,
                sent_at = coalesce(r.sent_at, excluded.sent_at),
                delivered_at = coalesce(r.delivered_at, excluded.delivered_at),
                read_at = coalesce(r.read_at, excluded.read_at),
                failed_at = case when r.status in ('delivered', 'read') then r.failed_at else coalesce(r.failed_at, excluded.failed_at) end,
                code = case when r.status in ('delivered', 'read') then r.code else coalesce(r.code, excluded.code) end,
                error = case when r.status in ('delivered', 'read') then r.error else coalesce(r.error, excluded.error) end,
                updated_at = case when r.status = 'failed' and excluded.status = 'failed' then r.updated_at else excluded.updated_at end
            where array_position($12, excluded.status) > array_position($12, r.status)
               or (r.status = 'failed' and excluded.status = 'failed')
               or (r.message_id is null and excluded.message_id is not null)
               or (r.sent_at is null and excluded.sent_at is not null)
               or (r.delivered_at is null and excluded.delivered_at is not null)
               or (r.read_at is null and excluded.read_at is not null)
            returning r.provider_id, r.message_id, r.status, r.code, r.error),
        news as materialized (
            select kept.provider_id, kept.message_id, kept.status, kept.code, kept.error, k.attempt
            from kept join known k on k.provider_id = kept.provider_id
            where kept.message_id is not null
              and (kept.status <> 'failed'
                   or (k.status = 'failed'
                       and not exists (select 1 from message_receipts o where o.message_id = kept.message_id and o.status in ('delivered', 'read'))))),
        held as materialized (
            select q.message_id, q.attempt, n.provider_id, n.status, n.code, n.error
            from news n join outbox_queue q on q.message_id = n.message_id and q.attempt = n.attempt
            where case
                when n.status = 'failed' then q.lease_owner is not null
                else q.lease_owner is null and not exists (
                    select 1 from notification_attempts a where a.message_id = q.message_id and a.attempt = q.attempt and a.result <> 'unknown')
                end
            order by q.message_id
            for update of q),
        over as (
            delete from outbox_queue q using held where q.message_id = held.message_id),
        ended as materialized (
            select h.message_id, h.provider_id, h.status, h.code, h.error,
                   h.attempt + case when exists (select 1 from notification_attempts a where a.message_id = h.message_id and a.attempt = h.attempt) then 1 else 0 end as attempt
            from held h
            union all
            select n.message_id, n.provider_id, n.status, n.code, n.error, last.attempt + 1
            from news n
            join lateral (
                select a.attempt, a.result, a.provider_id from notification_attempts a where a.message_id = n.message_id order by a.attempt desc limit 1) last
              on last.result = 'delivered' and last.provider_id = n.provider_id
            where n.status = 'failed'
              and not exists (select 1 from outbox_queue q where q.message_id = n.message_id)
              and not exists (select 1 from outbox_dead d where d.message_id = n.message_id)),
        noted as (
            insert into notification_attempts (message_id, attempt, result, code, error, provider_id, node, ended_at)
            select e.message_id, e.attempt, case when e.status = 'failed' then 'refused' else 'delivered' end,
                   case when e.status = 'failed' then e.code end, case when e.status = 'failed' then e.error end, e.provider_id, $13, clock.now
            from ended e, clock
            on conflict (message_id, attempt) do nothing),
        buried as (
            insert into outbox_dead (message_id, channel, cause, attempt, dead_at)
            select e.message_id, 'whatsapp', $14, e.attempt, clock.now from ended e, clock where e.status = 'failed'
            on conflict (message_id) do nothing
            returning message_id)
        select (select count(*) from buried),
               (select count(*) from ended where status <> 'failed'),
               (select count(*) from news n join outbox_queue q on q.message_id = n.message_id and q.attempt = n.attempt
                where n.status = 'failed' and q.lease_owner is not null and not exists (select 1 from held h where h.message_id = n.message_id))
        """;

    /// <summary>Keeps a group of reports in one statement and one commit.</summary>
    /// <exception cref="NpgsqlException">They could not be kept; Meta must send them again.</exception>
    public async Task ExecuteAsync(IReadOnlyList<WhatsAppReport> reports, CancellationToken cancellationToken)
    {
        // One row of a statement may be written once only, so the reports of one message become one.
        var receipts = reports.GroupBy(report => report.ProviderId, StringComparer.Ordinal).Select(Receipt.Of).ToList();
        if (receipts.Count == 0)
        {
            return;
        }

        for (var round = 1; ; round++)
        {
            var (buried, confirmed, missed) = await RecordAsync(receipts, cancellationToken);
            if (confirmed > 0)
            {
                logger.LogInformation("{Count} messages whose delivery was unknown had been taken by WhatsApp.", confirmed);
            }

            if (buried > 0)
            {
                logger.LogWarning("{Count} messages that WhatsApp had taken could not be delivered; they are dead letters.", buried);
                wakes.Alerts.Wake();
            }

            if (missed == 0 || round == MaxRounds)
            {
                return;
            }
        }
    }

    private async Task<(long Buried, long Confirmed, long Missed)> RecordAsync(List<Receipt> receipts, CancellationToken cancellationToken)
    {
        await using var command = databases.Api.CreateCommand(Record);
        var parameters = command.Parameters;
        parameters.Add(Column(receipts, receipt => receipt.ProviderId, NpgsqlDbType.Text));
        parameters.Add(Column(receipts, receipt => WireName<ReceiptStatus>.Of(receipt.Status), NpgsqlDbType.Text));
        foreach (var status in new[] { ReceiptStatus.Sent, ReceiptStatus.Delivered, ReceiptStatus.Read, ReceiptStatus.Failed })
        {
            parameters.Add(Column(receipts, receipt => receipt.At(status), NpgsqlDbType.TimestampTz));
        }

        parameters.Add(Column(receipts, receipt => receipt.Code, NpgsqlDbType.Text));
        parameters.Add(Column(receipts, receipt => receipt.Error, NpgsqlDbType.Text));
        parameters.Add(Column(receipts, receipt => receipt.Reference?.Id, NpgsqlDbType.Bigint));
        parameters.Add(Column(receipts, receipt => receipt.Reference?.MessageId, NpgsqlDbType.Uuid));
        parameters.Add(Column(receipts, receipt => receipt.Reference?.Attempt, NpgsqlDbType.Integer));
        parameters.Add(new() { Value = WireName<ReceiptStatus>.All.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        parameters.Add(new() { Value = node.Id });
        parameters.Add(new() { Value = DeliveryPolicy.Undeliverable });

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private static NpgsqlParameter Column<TValue>(IReadOnlyList<Receipt> items, Func<Receipt, TValue> value, NpgsqlDbType type) =>
        new() { Value = items.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };

    /// <summary>What a group of reports says of one message.</summary>
    private sealed record Receipt(string ProviderId, ReceiptStatus Status, IReadOnlyList<WhatsAppReport> Reports)
    {
        public WhatsAppReference? Reference => Reports.Select(report => report.Reference).FirstOrDefault(reference => reference is not null);

        public string? Code => Failure?.Code;

        public string? Error => Failure?.Error;

        // Only before it was delivered.
        private WhatsAppReport? Failure => Status == ReceiptStatus.Failed ? Reports.First(report => report.Status == ReceiptStatus.Failed) : null;

        public static Receipt Of(IGrouping<string, WhatsAppReport> reports) => new(reports.Key, reports.Max(report => report.Status), [.. reports]);

        /// <summary>When it first got there; null when no report says so.</summary>
        public DateTimeOffset? At(ReceiptStatus status) => status == ReceiptStatus.Failed
            ? Failure?.At
            : Reports.Where(report => report.Status == status).Select(report => (DateTimeOffset?)report.At).Min();
    }
}
