using System.Globalization;
using System.Text;
using System.Text.Json;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Outbox;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Reads messages wherever they stand. Recipients leave masked, and so do the addresses in what servers said.</summary>
internal sealed class OutboxQueries(Databases databases, IOptionsMonitor<WhatsAppOptions> whatsApp)
{
    public const string Waiting = "waiting";
    public const string Sending = "sending";
    public const string Retrying = "retrying";
    public const string Sent = "sent";
    public const string Arrived = "arrived";
    public const string Dead = "dead";

    private const int LongestError = 1_000;

    private const string Status = """
        case when d.message_id is not null then 'DLQ'
             when q.message_id is null then 'SENT'
             when q.lease_owner is not null then 'PROCESSING'
             when q.attempt > 0 then 'RETRYING'
             else 'PENDING' end
        """;

    private const string From = """
        from notification_outbox m
        left join outbox_queue q on q.message_id = m.id
        left join outbox_dead d on d.message_id = m.id
        """;

    private const string Columns = $"""
        select m.id, m.order_id, m.kind, m.channel, m.recipient, {Status}, r.status, coalesce(q.attempt, d.attempt, l.attempt, 0), q.due_at, l.code, l.ended_at, m.created_at
        """;

    private const string Last = """
        left join lateral (
            select a.attempt, a.code, a.ended_at from notification_attempts a where a.message_id = m.id order by a.attempt desc limit 1) l on true
        left join lateral (
            select s.status from message_receipts s where s.message_id = m.id order by s.updated_at desc limit 1) r on true
        """;

    private static readonly string One = $"""
        select m.id, m.message_id, m.order_id, m.kind, m.channel, m.recipient, m.locale, {Status}, coalesce(q.attempt, d.attempt, l.attempt, 0), m.max_attempts,
               m.created_at, q.due_at, coalesce(q.is_stalled, false), n.machine_name, d.cause, d.dead_at, m.data::text
        {From}
        left join node_status n on n.node_id = q.lease_owner
        left join lateral (select max(a.attempt) as attempt from notification_attempts a where a.message_id = m.id) l on true
        where m.id = $1
        """;

    private const string History = """
        select a.attempt, a.result, a.code, a.error, a.provider_id, n.machine_name, a.ended_at
        from notification_attempts a left join node_status n on n.node_id = a.node
        where a.message_id = $1 order by a.attempt
        """;

    private const string Receipts = """
        select provider_id, status, sent_at, delivered_at, read_at, failed_at, code, error from message_receipts where message_id = $1 order by updated_at
        """;

    /// <summary>As the filters <c>q</c>, <c>state</c>, <c>channel</c>, <c>kind</c> and <c>day</c> want it; the newest message first.</summary>
    public async Task<PagedRows<MessageRow>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        long? before = null;
        if (query.Cursor is { } cursor)
        {
            if (!Cursor.TryRead(cursor, 1, out var parts) || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                return PagedRows<MessageRow>.UnknownCursor;
            }

            before = id;
        }

        await using var command = databases.Pages.CreateCommand();
        var condition = Where(command, query);
        if (before is { } last)
        {
            condition += $" and m.id < {Add(command, last)}";
        }

        command.CommandText = $"{Columns} {From} {Last} {condition} order by m.id desc limit {Add(command, query.Size + 1)}";
        var rows = new List<MessageRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new MessageRow(
                reader.GetInt64(0), reader.Text(1), reader.GetString(2), reader.GetString(3), Masked.Recipient(reader.GetString(4)), reader.GetString(5),
                reader.Text(6) is { } receipt ? WireName<ReceiptStatus>.Parse(receipt) : null, reader.GetInt32(7), reader.InstantOrNull(8), reader.Text(9), reader.InstantOrNull(10), reader.Instant(11)));
        }

        var page = rows.ToPage(query.Size, row => Cursor.Of(row.Id.ToString(CultureInfo.InvariantCulture)));
        return new PagedRows<MessageRow>(page.Items, page.NextCursor);
    }

    /// <summary>How many match, up to <see cref="PagedRows.CountedUpTo"/>.</summary>
    public async Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand();
        command.CommandText = $"select count(*) from (select 1 {From} {Where(command, query)} limit {Add(command, PagedRows.CountedUpTo)}) counted";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>Null when there is no such message.</returns>
    public async Task<MessageDetails?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var found = await connection.ListAsync(One, ReadOne, cancellationToken, id);
        if (found.Count == 0)
        {
            return null;
        }

        return found[0] with
        {
            History = await connection.ListAsync(
                History,
                reader => new AttemptStep(
                    reader.GetInt32(0), WireName<DeliveryResult>.Parse(reader.GetString(1)), reader.Text(2), Masked.Error(reader.Text(3), LongestError), reader.Text(4), reader.Text(5), reader.Instant(6)),
                cancellationToken,
                id),
            Requeues = await connection.ListAsync(
                DeadLetterQueries.RequeueSql,
                reader => new RequeueLine(reader.GetGuid(0), reader.GetString(1), reader.Text(2), reader.Instant(3)),
                cancellationToken,
                id),
            Receipts = await connection.ListAsync(
                Receipts,
                reader => new ReceiptStep(
                    reader.GetString(0), WireName<ReceiptStatus>.Parse(reader.GetString(1)), reader.InstantOrNull(2), reader.InstantOrNull(3), reader.InstantOrNull(4), reader.InstantOrNull(5),
                    reader.Text(6), Masked.Error(reader.Text(7), LongestError)),
                cancellationToken,
                id),
        };
    }

    private MessageDetails ReadOne(NpgsqlDataReader reader)
    {
        var channel = WireName<Channel>.Parse(reader.GetString(4));
        var message = new OutboundMessage(
            reader.GetInt64(0), reader.GetGuid(1), reader.Text(2), reader.GetString(3), channel, reader.GetString(5), reader.GetString(6),
            JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(16))!, reader.GetInt32(8));
        return new MessageDetails(
            message.Id, message.MessageId, message.OrderId, message.Kind, reader.GetString(4), Masked.Recipient(message.Recipient), message.Locale, reader.GetString(7), message.Attempt, reader.GetInt32(9),
            reader.Instant(10), reader.InstantOrNull(11), reader.GetBoolean(12), reader.Text(13), reader.Text(14), reader.InstantOrNull(15),
            MessagePreview.Of(message, whatsApp.CurrentValue), [], [], []);
    }

    private static string Where(NpgsqlCommand command, PagedQuery query)
    {
        // Written for the filters that there are: a statement with "or" for those that are not would use no index.
        var sql = new StringBuilder("where true");
        sql.Append(query["state"] switch
        {
            Waiting => " and q.message_id is not null and q.lease_owner is null and q.attempt = 0",
            Sending => " and q.lease_owner is not null",
            Retrying => " and q.message_id is not null and q.lease_owner is null and q.attempt > 0",
            Sent => " and q.message_id is null and d.message_id is null",
            Arrived => " and q.message_id is null and d.message_id is null and m.id in (select s.message_id from message_receipts s where s.status in ('delivered', 'read'))",
            Dead => " and d.message_id is not null",
            _ => "",
        });
        foreach (var (filter, column) in new[] { ("channel", "m.channel"), ("kind", "m.kind") })
        {
            if (query[filter] is { } value)
            {
                sql.Append(CultureInfo.InvariantCulture, $" and {column} = {Add(command, value)}");
            }
        }

        if (query.From("day") is { } from)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and m.created_at >= {Add(command, from)}");
        }

        if (query.Before("day") is { } before)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and m.created_at < {Add(command, before)}");
        }

        if (query["q"] is { } sought)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and m.id in ({Search(command, sought)})");
        }

        return sql.ToString();
    }

    /// <summary>Messages by what an index finds: the beginning of an order's number, a customer's whole mail address or telephone number, the message's own number, the provider's name for it.</summary>
    private static string Search(NpgsqlCommand command, string sought)
    {
        var ways = new List<string> { $"select s.message_id from message_receipts s where s.provider_id = {Add(command, sought)}" };
        if (sought.Contains('@', StringComparison.Ordinal))
        {
#pragma warning disable CA1308 // Mail addresses are kept as they were typed, mostly in lower case.
            var spellings = Add(command, new[] { sought, sought.ToLowerInvariant() });
#pragma warning restore CA1308
            ways.Add($"select o.id from notification_outbox o join orders p on p.order_id = o.order_id where p.customer_email = any({spellings})");

            // Staff have no order.
            ways.Add($"select o.id from notification_outbox o where o.order_id is null and o.recipient = any({spellings})");
        }

        // The ids are compared byte by byte, so their beginnings are a range; no id has a character above the tilde.
        if (OrderDraft.IsOrderId(sought))
        {
            ways.Add($"select o.id from notification_outbox o where o.order_id >= {Add(command, sought)} and o.order_id < {Add(command, sought + '\u007f')}");
        }

        if (PhoneNumber.TryNormalize(sought, out var phone))
        {
            ways.Add($"select o.id from notification_outbox o join orders p on p.order_id = o.order_id where p.customer_phone = {Add(command, phone)}");
        }

        if (long.TryParse(sought, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            ways.Add($"select {Add(command, id)}::bigint");
        }

        return string.Join(" union all ", ways);
    }

    private static string Add(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return $"${command.Parameters.Count.ToString(CultureInfo.InvariantCulture)}";
    }
}
