using System.Globalization;
using System.Text.Json.Serialization;
using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;
using Npgsql;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Everything that is known of one order.</summary>
/// <param name="Timeline">What happened, in the order in which it did.</param>
public sealed record OrderTimeline(
    OrderFact Order,
    IReadOnlyList<OrderLineFact> Items,
    IReadOnlyList<OrderSessionFact> Sessions,
    IReadOnlyList<OrderPaymentFact> Payments,
    IReadOnlyList<OrderEventFact> Events,
    IReadOnlyList<OrderMessageFact> Messages,
    IReadOnlyList<OrderAlertFact> Alerts,
    IReadOnlyList<TimelineEntry> Timeline)
{
    /// <summary>What people did about the order; only for those who may read the audit log, and never in the API's answer.</summary>
    [JsonIgnore]
    public IReadOnlyList<OrderActionFact> Actions { get; init; } = [];

    // By what the lists hold: an open page draws again only what has changed. The time line is made of the others.
    public bool Equals(OrderTimeline? other) =>
        other is not null && Order == other.Order && Items.SequenceEqual(other.Items) && Sessions.SequenceEqual(other.Sessions) && Payments.SequenceEqual(other.Payments)
        && Events.SequenceEqual(other.Events) && Messages.SequenceEqual(other.Messages) && Alerts.SequenceEqual(other.Alerts) && Actions.SequenceEqual(other.Actions);

    public override int GetHashCode() => Order.GetHashCode();
}

public sealed record OrderFact(
    string OrderId, string Storefront, string Status, long GrossAmount, long PaidAmount, long RefundedAmount, long ChargedBackAmount,
    OrderCustomer Customer, string Locale, DateTimeOffset CreatedAt, DateTimeOffset? PaidAt, DateTimeOffset ExpiresAt, DateTimeOffset UpdatedAt);

/// <param name="Price">For one piece, in whole rupiah.</param>
public sealed record OrderLineFact(string ItemId, string Name, long Price, int Quantity);

/// <param name="Attempts">Creates tried so far.</param>
/// <param name="NextAttemptAt">When Midtrans is asked next; null when it is not.</param>
/// <param name="TokenEnd">The last signs of its Snap token: whoever has the whole can open the customer's payment page. Null while there is none.</param>
public sealed record OrderSessionFact(string MidtransOrderId, int Sequence, string State, int Attempts, DateTimeOffset? NextAttemptAt, string? LastError, DateTimeOffset CreatedAt, DateTimeOffset? OpenedAt, DateTimeOffset ExpiresAt, string? TokenEnd);

public sealed record OrderPaymentFact(
    string TransactionId, string PaymentType, string? Issuer, string State, long GrossAmount, bool HasPaid, long RefundedAmount, long ChargedBackAmount, bool Confirmed, string? HoldReason,
    DateTimeOffset? PaidAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

public sealed record OrderEventFact(long Id, string TransactionId, string TransactionStatus, string Outcome, string? Reason, string Source, DateTimeOffset ReceivedAt, DateTimeOffset? VerifiedAt);

/// <param name="Status">PENDING, PROCESSING, RETRYING, SENT or DLQ.</param>
public sealed record OrderMessageFact(
    long Id, string Kind, string Channel, string Recipient, string Status, int? Attempts, DateTimeOffset? NextAttemptAt, string? LastCode, string? LastError, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, DateTimeOffset? DeadAt);

public sealed record OrderAlertFact(string Kind, string Severity, DateTimeOffset RaisedAt, DateTimeOffset? ResolvedAt);

/// <param name="Action">As in the audit log.</param>
public sealed record OrderActionFact(DateTimeOffset At, string Actor, string Action, AuditOutcome Outcome, string? Reason);

/// <param name="What">Such as <c>order_placed</c>, <c>payment_event</c>, <c>message_sent</c>.</param>
/// <param name="Detail">Such as <c>settlement: applied</c>; null when the first says it all.</param>
public sealed record TimelineEntry(DateTimeOffset At, string What, string? Detail);

/// <summary>Reads one order with all that belongs to it.</summary>
internal sealed class OrderTimelineQueries(Databases databases)
{
    /// <summary>Rows of each kind; no honest order has as many.</summary>
    private const int Most = 200;

    private const string OrderSql = """
        select order_id, storefront, status, gross_amount, paid_amount, refunded_amount, charged_back_amount, customer_name, customer_email, customer_phone,
               locale, created_at, paid_at, expires_at, updated_at
        from orders where order_id = $1
        """;

    private const string LinesSql = "select item_id, name, price, quantity from order_lines where order_id = $1 order by position";

    private const string SessionsSql = """
        select midtrans_order_id, sequence, state, attempts, next_attempt_at, last_error, created_at, opened_at, expires_at, right(snap_token, 4)
        from payment_sessions where order_id = $1 order by sequence limit $2
        """;

    private const string PaymentsSql = """
        select transaction_id, payment_type, issuer, state, gross_amount, has_paid, refunded_amount, charged_back_amount, confirmed, hold_reason, paid_at, created_at, updated_at
        from payments where order_id = $1 order by created_at, transaction_id limit $2
        """;

    private const string EventsSql = """
        select e.id, e.transaction_id, e.transaction_status, e.outcome, e.reason, e.source, e.received_at, e.verified_at
        from payment_events e
        where e.midtrans_order_id in (select $1 union all select s.midtrans_order_id from payment_sessions s where s.order_id = $1)
        order by e.id limit $2
        """;

    private const string MessagesSql = """
        select id, kind, channel, recipient, status, attempt_count, next_retry_at, last_code, left(last_error, 300), created_at, sent_at, dead_at
        from outbox_overview where order_id = $1 order by id limit $2
        """;

    private const string AlertsSql = "select kind, severity, raised_at, resolved_at from alerts where target = $1 order by id limit $2";

    // The log has no index by target, and every entry would pay for one; so the newest only.
    private const string ActionsSql = """
        select at, actor, action, outcome, reason from audit_log
        where id > (select coalesce(max(id), 0) from audit_log) - 20000 and target = any($1)
        order by id limit $2
        """;

    /// <returns>Null when there is no such order.</returns>
    public async Task<OrderTimeline?> FindAsync(string orderId, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);

        // One snapshot: a payment that comes between two of these statements is in all of them or in none.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        if (await connection.ListAsync(OrderSql, ReadOrder, cancellationToken, orderId) is not [var order])
        {
            return null;
        }

        var items = await connection.ListAsync(LinesSql, reader => new OrderLineFact(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt32(3)), cancellationToken, orderId);
        var sessions = await connection.ListAsync(SessionsSql, ReadSession, cancellationToken, orderId, Most);
        var payments = await connection.ListAsync(PaymentsSql, ReadPayment, cancellationToken, orderId, Most);
        var events = await connection.ListAsync(EventsSql, ReadEvent, cancellationToken, orderId, Most);
        var messages = await connection.ListAsync(MessagesSql, ReadMessage, cancellationToken, orderId, Most);
        var alerts = await connection.ListAsync(AlertsSql, reader => new OrderAlertFact(reader.GetString(0), reader.GetString(1), reader.Instant(2), reader.InstantOrNull(3)), cancellationToken, orderId, Most);

        return new OrderTimeline(order, items, sessions, payments, events, messages, alerts, Merge(order, sessions, events, messages, alerts));
    }

    /// <summary>What people did to the order, to the news of its payments and to its messages, as far as the younger audit log tells.</summary>
    public async Task<IReadOnlyList<OrderActionFact>> ActionsAsync(OrderTimeline told, CancellationToken cancellationToken)
    {
        string[] targets =
        [
            $"order:{told.Order.OrderId}",
            .. told.Events.Select(news => string.Create(CultureInfo.InvariantCulture, $"payment-event:{news.Id}")),
            .. told.Messages.Select(message => string.Create(CultureInfo.InvariantCulture, $"message:{message.Id}")),
        ];
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        return await connection.ListAsync(
            ActionsSql,
            reader => new OrderActionFact(reader.Instant(0), reader.GetString(1), reader.GetString(2), WireName<AuditOutcome>.Parse(reader.GetString(3)), reader.Text(4)),
            cancellationToken,
            targets,
            Most);
    }

    private static List<TimelineEntry> Merge(OrderFact order, List<OrderSessionFact> sessions, List<OrderEventFact> events, List<OrderMessageFact> messages, List<OrderAlertFact> alerts)
    {
        List<TimelineEntry> entries = [new(order.CreatedAt, "order_placed", order.Storefront)];
        foreach (var session in sessions.Where(session => session.OpenedAt is not null))
        {
            entries.Add(new(session.OpenedAt!.Value, "payment_page_opened", session.MidtransOrderId));
        }

        entries.AddRange(events.Select(told => new TimelineEntry(told.ReceivedAt, told.Source == "poll" ? "payment_found" : "payment_event", $"{told.TransactionStatus}: {told.Outcome}")));
        entries.AddRange(messages.Select(message => new TimelineEntry(message.CreatedAt, "message_queued", $"{message.Kind} by {message.Channel}")));
        entries.AddRange(messages.Where(message => message.SentAt is not null).Select(message => new TimelineEntry(message.SentAt!.Value, "message_sent", $"{message.Kind} by {message.Channel}")));
        entries.AddRange(messages.Where(message => message.DeadAt is not null).Select(message => new TimelineEntry(message.DeadAt!.Value, "message_dead", $"{message.Kind} by {message.Channel}")));
        entries.AddRange(alerts.Select(alert => new TimelineEntry(alert.RaisedAt, "alert_raised", alert.Kind)));
        entries.AddRange(alerts.Where(alert => alert.ResolvedAt is not null).Select(alert => new TimelineEntry(alert.ResolvedAt!.Value, "alert_resolved", alert.Kind)));

        return [.. entries.OrderBy(entry => entry.At)];
    }

    private static OrderFact ReadOrder(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6),
        new OrderCustomer(Masked.Name(reader.GetString(7)), Masked.Email(reader.GetString(8)), Masked.Phone(reader.GetString(9))), reader.GetString(10), reader.Instant(11), reader.InstantOrNull(12), reader.Instant(13), reader.Instant(14));

    private static OrderSessionFact ReadSession(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetInt32(3), reader.InstantOrNull(4), reader.Text(5), reader.Instant(6), reader.InstantOrNull(7), reader.Instant(8), reader.Text(9));

    private static OrderPaymentFact ReadPayment(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.Text(2), reader.GetString(3), reader.GetInt64(4), reader.GetBoolean(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetBoolean(8), reader.Text(9),
        reader.InstantOrNull(10), reader.Instant(11), reader.Instant(12));

    private static OrderEventFact ReadEvent(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.Text(4), reader.GetString(5), reader.Instant(6), reader.InstantOrNull(7));

    private static OrderMessageFact ReadMessage(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), Masked.Recipient(reader.GetString(3)), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetInt32(5), reader.InstantOrNull(6),
        reader.Text(7), reader.Text(8), reader.Instant(9), reader.InstantOrNull(10), reader.InstantOrNull(11));
}
