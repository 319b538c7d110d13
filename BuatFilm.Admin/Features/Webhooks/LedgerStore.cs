using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>What the database knows about one piece of news, at one instant.</summary>
/// <param name="EventId">The event under this key, if there is one.</param>
/// <param name="EventMidtransOrderId">The order id which that event was told of.</param>
/// <param name="Order">Null while no order is known under the id.</param>
/// <param name="Version">The order's version; what is decided on it is written only while it stands.</param>
/// <param name="HasUnapplied">True when other events of this order wait: this one may change what they mean.</param>
internal sealed record LedgerRow(
    long? EventId,
    EventOutcome? EventOutcome,
    string? EventMidtransOrderId,
    OrderFacts? Order,
    int Version,
    bool HasUnapplied,
    DateTimeOffset Now);

/// <summary>One event with everything that follows from it.</summary>
/// <param name="EventId">An event that is there already and gets a new outcome; null for one that is to be recorded.</param>
/// <param name="CheckAfter">When GET status is to be asked; null for never.</param>
internal sealed record LedgerWrite(
    long? EventId,
    byte[] EventKey,
    MidtransNotification News,
    byte[] Raw,
    EventSource Source,
    OrderFacts? Order,
    int Version,
    LedgerDecision Decision,
    TimeSpan? CheckAfter,
    bool RecheckOthers);

/// <summary>How the messages that news causes are to be sent.</summary>
/// <param name="MaxAttempts">Attempts before one is a dead letter; from 1.</param>
/// <param name="Channels">By their wire names; a message goes out by each.</param>
internal sealed record MessageTerms(int MaxAttempts, string[] Channels);

/// <summary>The webhook's two statements: read what is known, write what follows.</summary>
/// <remarks>
/// Between the two the decision is made in Core, without a transaction and without a lock. The write takes effect
/// per order only if the order's version is still the one that was read; else that item is decided again. So one
/// commit carries a whole group of events, and two nodes cannot both act on the same state.
/// </remarks>
internal sealed class LedgerStore(NpgsqlDataSource database)
{
    /// <summary>The kind of the message that a payment causes.</summary>
    public const string PaymentReceived = "payment_received";

    // Not 'exists': that, PostgreSQL may answer by reading the whole table once, and while the table's statistics are
    // those of a young one it does so for every group. The order of a limit 1 leads it to the index.
    private const string Read = """
        select i.n, e.id, e.outcome, e.midtrans_order_id, o.order_id, o.status, o.gross_amount, o.expires_at, o.version,
               (select true from payment_events u
                where u.midtrans_order_id = i.midtrans_order_id and u.outcome in ('pending_verification', 'mismatch')
                order by u.id limit 1) is not null as has_unapplied,
               t.now,
               p.transaction_id, p.midtrans_order_id, p.payment_type, p.issuer, p.state, p.gross_amount, p.authorized_amount,
               p.has_paid, p.refunded_amount, p.charged_back_amount, p.confirmed, p.hold_reason, p.paid_at
        from unnest($1::bytea[], $2::text[]) with ordinality as i(event_key, midtrans_order_id, n)
        cross join (select app_now() as now) t
        left join payment_events e on e.event_key = i.event_key
        left join payment_sessions s on s.midtrans_order_id = i.midtrans_order_id
        left join orders o on o.order_id = s.order_id
        left join payments p on p.order_id = o.order_id
        order by i.n, p.updated_at
        """;

    private const string Write = """
        with clock as materialized (select app_now() as now),
        i as materialized (
            select * from unnest(
                $1::bigint[], $2::bytea[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[], $16::float8[], $17::bool[],
                $18::text[], $19::bigint[], $20::bigint[], $21::bigint[], $22::timestamptz[], $23::bool[],
                $24::text[], $25::text[], $26::text[], $27::text[], $28::bigint[], $29::bigint[], $30::bool[], $31::bigint[], $32::bigint[], $33::bool[], $34::text[], $35::timestamptz[])
            with ordinality as t(
                event_id, event_key, order_id, version, midtrans_order_id, transaction_id, transaction_status, fraud_status, status_code, payment_type,
                gross_amount, outcome, reason, source, raw_payload, check_after, recheck,
                status, paid_amount, refunded_amount, charged_back_amount, paid_at, became_paid,
                p_transaction_id, p_payment_type, p_issuer, p_state, p_gross_amount, p_authorized_amount, p_has_paid, p_refunded_amount, p_charged_back_amount, p_confirmed, p_hold_reason, p_paid_at,
                n)),
        locked as materialized (
            select i.n from i join orders o on o.order_id = i.order_id and o.version = i.version
            order by o.order_id
            for update of o),
        ready as materialized (
            select i.* from i where i.order_id is null or i.n in (select locked.n from locked)),
        recorded as (
            insert into payment_events as e (event_key, order_id, midtrans_order_id, transaction_id, transaction_status, fraud_status, status_code,
                                             payment_type, gross_amount, outcome, reason, source, raw_payload, received_at, processed_at)
            select r.event_key, r.order_id, r.midtrans_order_id, r.transaction_id, r.transaction_status, r.fraud_status, r.status_code,
                   r.payment_type, r.gross_amount, r.outcome, r.reason, r.source, r.raw_payload, clock.now, clock.now
            from ready r, clock
            where r.event_id is null
            on conflict (event_key) do update set
                order_id = excluded.order_id, midtrans_order_id = excluded.midtrans_order_id, status_code = excluded.status_code,
                payment_type = excluded.payment_type, gross_amount = excluded.gross_amount, outcome = excluded.outcome, reason = excluded.reason,
                source = excluded.source, raw_payload = excluded.raw_payload, received_at = excluded.received_at,
                processed_at = excluded.processed_at, verified_at = null
            where e.outcome in ('pending_verification', 'mismatch', 'refuted', 'unknown_order')
            returning e.id, e.event_key),
        reviewed as (
            update payment_events e set outcome = r.outcome, reason = r.reason, order_id = coalesce(r.order_id, e.order_id), processed_at = clock.now, verified_at = clock.now
            from ready r, clock
            where e.id = r.event_id
            returning e.id),
        done as materialized (
            select r.*, recorded.id from ready r join recorded on recorded.event_key = r.event_key where r.event_id is null
            union all
            select r.*, reviewed.id from ready r join reviewed on reviewed.id = r.event_id),
        moved as (
            update orders o set status = d.status, paid_amount = d.paid_amount, refunded_amount = d.refunded_amount, charged_back_amount = d.charged_back_amount,
                                paid_at = coalesce(o.paid_at, d.paid_at), updated_at = clock.now, version = o.version + 1
            from done d, clock
            where o.order_id = d.order_id and d.p_transaction_id is not null),
        paid as (
            insert into payments as p (order_id, transaction_id, midtrans_order_id, payment_type, issuer, state, gross_amount, authorized_amount,
                                       has_paid, refunded_amount, charged_back_amount, confirmed, hold_reason, paid_at, created_at, updated_at)
            select d.order_id, d.p_transaction_id, d.midtrans_order_id, d.p_payment_type, d.p_issuer, d.p_state, d.p_gross_amount, d.p_authorized_amount,
                   d.p_has_paid, d.p_refunded_amount, d.p_charged_back_amount, d.p_confirmed, d.p_hold_reason, d.p_paid_at, clock.now, clock.now
            from done d, clock
            where d.p_transaction_id is not null
            on conflict (order_id, transaction_id) do update set
                issuer = excluded.issuer, state = excluded.state, gross_amount = excluded.gross_amount, authorized_amount = excluded.authorized_amount,
                has_paid = excluded.has_paid, refunded_amount = excluded.refunded_amount, charged_back_amount = excluded.charged_back_amount,
                confirmed = excluded.confirmed, hold_reason = excluded.hold_reason, paid_at = excluded.paid_at, updated_at = excluded.updated_at),
        messages as (
            insert into notification_outbox (order_id, kind, channel, recipient, locale, data, dedupe_key, max_attempts, created_at)
            select o.order_id, 'payment_received', c.channel, case c.channel when 'email' then o.customer_email else o.customer_phone end, o.locale,
                   jsonb_build_object(
                       'orderId', o.order_id, 'customerName', o.customer_name, 'grossAmount', o.gross_amount::text,
                       'paidAt', to_char(d.paid_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'paymentMethod', d.payment_type,
                       'items', (select coalesce(json_agg(json_build_object('name', l.name, 'quantity', l.quantity, 'price', l.price) order by l.position), '[]')::text
                                 from order_lines l where l.order_id = o.order_id)),
                   'payment_received:' || o.order_id || ':' || c.channel, $36, clock.now
            from done d join orders o on o.order_id = d.order_id cross join unnest($40::text[]) as c(channel), clock
            where d.became_paid
            on conflict (dedupe_key) do nothing
            returning id, channel, max_attempts),
        queued as (
            insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
            select messages.id, messages.channel, clock.now, 0, messages.max_attempts from messages, clock),
        checks as (
            insert into payment_event_checks as c (event_id, due_at)
            select event_id, min(due_at) from (
                select d.id as event_id, clock.now + make_interval(secs => d.check_after) as due_at from done d, clock where d.check_after is not null
                union all
                select u.id, clock.now from done d join payment_events u on u.midtrans_order_id = d.midtrans_order_id, clock
                where d.recheck and u.id <> d.id and u.outcome in ('pending_verification', 'mismatch')) due
            group by event_id
            on conflict (event_id) do update set due_at = least(c.due_at, excluded.due_at)),
        raised as (
            insert into alerts (kind, severity, target, data, dedupe_key, raised_at)
            select a.kind, a.severity, d.midtrans_order_id,
                   jsonb_build_object('orderId', d.midtrans_order_id, 'transactionId', d.transaction_id, 'reason', coalesce(d.reason, '')),
                   a.kind || ':' || d.midtrans_order_id, clock.now
            from unnest($37::bigint[], $38::text[], $39::text[]) as a(n, kind, severity) join done d on d.n = a.n, clock
            on conflict (dedupe_key) where resolved_at is null do nothing)
        select n from done
        """;

    private const string Answer = """
        insert into payment_events as e (event_key, order_id, midtrans_order_id, transaction_id, transaction_status, fraud_status, status_code,
                                         payment_type, gross_amount, outcome, source, raw_payload, received_at, processed_at, verified_at)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $11, 'poll', $10, t.now, t.now, t.now
        from (select app_now() as now) t
        on conflict (event_key) do update set outcome = excluded.outcome, reason = null, verified_at = excluded.verified_at, processed_at = excluded.processed_at
        where e.midtrans_order_id = excluded.midtrans_order_id and e.outcome in ('pending_verification', 'mismatch', 'refuted')
        """;

    /// <summary>Reads what is known about each piece of news, in their order.</summary>
    public async Task<LedgerRow[]> ReadAsync(IReadOnlyList<(byte[] EventKey, string MidtransOrderId)> news, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Read);
        command.Parameters.Add(new() { Value = news.Select(item => item.EventKey).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = news.Select(item => item.MidtransOrderId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

        var rows = new LedgerRow[news.Count];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<PaymentFacts>? payments = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var index = (int)reader.GetInt64(0) - 1;
            if (rows[index] is null)
            {
                payments = [];
                rows[index] = ReadRow(reader, payments);
            }

            if (!await reader.IsDBNullAsync(11, cancellationToken))
            {
                payments!.Add(ReadPayment(reader));
            }
        }

        return rows;
    }

    /// <summary>Writes a group in one statement and one commit. No order and no event key may stand in it twice.</summary>
    /// <returns>The places of the items that took effect; the others were overtaken and must be decided again.</returns>
    public async Task<HashSet<int>> WriteAsync(IReadOnlyList<LedgerWrite> items, MessageTerms terms, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Write);
        return await ExecuteWriteAsync(command, items, terms, cancellationToken);
    }

    /// <summary>Writes one item within the caller's transaction.</summary>
    /// <returns>False when it was overtaken: roll back and decide again.</returns>
    public static async Task<bool> WriteAsync(NpgsqlConnection connection, LedgerWrite item, MessageTerms terms, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Write, connection);
        return (await ExecuteWriteAsync(command, [item], terms, cancellationToken)).Count == 1;
    }

    /// <summary>Keeps an answer of GET status as an event of its own, within the caller's transaction, so that the same news by notification is a duplicate.</summary>
    public static async Task RecordAnswerAsync(NpgsqlConnection connection, string orderId, MidtransNotification answer, byte[] raw, EventOutcome outcome, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Answer, connection);
        var parameters = command.Parameters;
        parameters.Add(new() { Value = EventKey.Of(answer) });
        parameters.Add(new() { Value = orderId });
        parameters.Add(new() { Value = answer.OrderId });
        parameters.Add(new() { Value = answer.TransactionId });
        parameters.Add(new() { Value = answer.TransactionStatus });
        parameters.Add(new() { Value = (object?)answer.FraudStatus ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        parameters.Add(new() { Value = answer.StatusCode });
        parameters.Add(new() { Value = answer.PaymentType });
        parameters.Add(new() { Value = answer.GrossAmount });
        parameters.Add(new() { Value = raw });
        parameters.Add(new() { Value = WireName<EventOutcome>.Of(outcome) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<HashSet<int>> ExecuteWriteAsync(NpgsqlCommand command, IReadOnlyList<LedgerWrite> items, MessageTerms terms, CancellationToken cancellationToken)
    {
        var parameters = command.Parameters;
        parameters.Add(Column(items, item => item.EventId, NpgsqlDbType.Bigint));
        parameters.Add(Column(items, item => item.EventKey, NpgsqlDbType.Bytea));
        parameters.Add(Text(items, item => item.Order?.OrderId));
        parameters.Add(Column(items, item => item.Version, NpgsqlDbType.Integer));
        parameters.Add(Text(items, item => item.News.OrderId));
        parameters.Add(Text(items, item => item.News.TransactionId));
        parameters.Add(Text(items, item => item.News.TransactionStatus));
        parameters.Add(Text(items, item => item.News.FraudStatus));
        parameters.Add(Text(items, item => item.News.StatusCode));
        parameters.Add(Text(items, item => item.News.PaymentType));
        parameters.Add(Text(items, item => item.News.GrossAmount));
        parameters.Add(Text(items, item => WireName<EventOutcome>.Of(item.Decision.Outcome)));
        parameters.Add(Text(items, item => item.Decision.Reason));
        parameters.Add(Text(items, item => WireName<EventSource>.Of(item.Source)));
        parameters.Add(Column(items, item => item.Raw, NpgsqlDbType.Bytea));
        parameters.Add(Column(items, item => item.CheckAfter?.TotalSeconds, NpgsqlDbType.Double));
        parameters.Add(Column(items, item => item.RecheckOthers, NpgsqlDbType.Boolean));
        parameters.Add(Text(items, item => WireName<OrderStatus>.Of(item.Decision.Status)));
        parameters.Add(Column(items, item => item.Decision.Sums.Paid, NpgsqlDbType.Bigint));
        parameters.Add(Column(items, item => item.Decision.Sums.Refunded, NpgsqlDbType.Bigint));
        parameters.Add(Column(items, item => item.Decision.Sums.ChargedBack, NpgsqlDbType.Bigint));
        parameters.Add(Column(items, item => item.Decision.Sums.PaidAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Column(items, item => item.Decision.BecamePaid, NpgsqlDbType.Boolean));
        parameters.Add(Text(items, item => item.Decision.Payment?.TransactionId));
        parameters.Add(Text(items, item => item.Decision.Payment?.PaymentType));
        parameters.Add(Text(items, item => item.Decision.Payment?.Issuer));
        parameters.Add(Text(items, item => item.Decision.Payment is { } payment ? WireName<PaymentState>.Of(payment.State) : null));
        parameters.Add(Column(items, item => item.Decision.Payment?.GrossAmount, NpgsqlDbType.Bigint));
        parameters.Add(Column(items, item => item.Decision.Payment?.AuthorizedAmount, NpgsqlDbType.Bigint));
        parameters.Add(Column(items, item => item.Decision.Payment?.HasPaid, NpgsqlDbType.Boolean));
        parameters.Add(Column(items, item => item.Decision.Payment?.RefundedAmount, NpgsqlDbType.Bigint));
        parameters.Add(Column(items, item => item.Decision.Payment?.ChargedBackAmount, NpgsqlDbType.Bigint));
        parameters.Add(Column(items, item => item.Decision.Payment?.Confirmed, NpgsqlDbType.Boolean));
        parameters.Add(Text(items, item => item.Decision.Payment?.HoldReason));
        parameters.Add(Column(items, item => item.Decision.Payment?.PaidAt, NpgsqlDbType.TimestampTz));
        parameters.Add(new() { Value = terms.MaxAttempts });

        var alerts = items.SelectMany((item, index) => item.Decision.Alerts.Select(alert => (Place: (long)index + 1, Alert: alert))).ToList();
        parameters.Add(Column(alerts, alert => alert.Place, NpgsqlDbType.Bigint));
        parameters.Add(Text(alerts, alert => alert.Alert.Kind));
        parameters.Add(Text(alerts, alert => WireName<AlertSeverity>.Of(alert.Alert.Severity)));
        parameters.Add(new() { Value = terms.Channels, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

        var done = new HashSet<int>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            done.Add((int)reader.GetInt64(0) - 1);
        }

        return done;
    }

    private static NpgsqlParameter Column<TItem, TValue>(IReadOnlyList<TItem> items, Func<TItem, TValue> value, NpgsqlDbType type) =>
        new() { Value = items.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };

    private static NpgsqlParameter Text<TItem>(IReadOnlyList<TItem> items, Func<TItem, string?> value) => Column(items, value, NpgsqlDbType.Text);

    private static LedgerRow ReadRow(NpgsqlDataReader reader, List<PaymentFacts> payments)
    {
        var hasEvent = !reader.IsDBNull(1);
        var order = reader.IsDBNull(4)
            ? null
            : new OrderFacts(reader.GetString(4), WireName<OrderStatus>.Parse(reader.GetString(5)), reader.GetInt64(6), reader.GetFieldValue<DateTimeOffset>(7), payments);

        return new LedgerRow(
            hasEvent ? reader.GetInt64(1) : null,
            hasEvent ? WireName<EventOutcome>.Parse(reader.GetString(2)) : null,
            hasEvent ? reader.GetString(3) : null,
            order,
            order is null ? 0 : reader.GetInt32(8),
            reader.GetBoolean(9),
            reader.GetFieldValue<DateTimeOffset>(10));
    }

    private static PaymentFacts ReadPayment(NpgsqlDataReader reader) => new(
        reader.GetString(11),
        reader.GetString(12),
        reader.GetString(13),
        reader.IsDBNull(14) ? null : reader.GetString(14),
        WireName<PaymentState>.Parse(reader.GetString(15)),
        reader.GetInt64(16),
        reader.IsDBNull(17) ? null : reader.GetInt64(17),
        reader.GetBoolean(18),
        reader.GetInt64(19),
        reader.GetInt64(20),
        reader.GetBoolean(21),
        reader.IsDBNull(22) ? null : reader.GetString(22),
        reader.IsDBNull(23) ? null : reader.GetFieldValue<DateTimeOffset>(23));
}
