using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using Npgsql;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>A session whose create this run has claimed.</summary>
/// <param name="Attempts">Creates so far, this one among them.</param>
/// <param name="Status">The order's, which may have gone on without a page.</param>
/// <param name="PlacedAt">When the order was placed.</param>
internal sealed record ClaimedSession(string MidtransOrderId, string OrderId, int Sequence, int Attempts, OrderStatus Status, DateTimeOffset PlacedAt, SnapOrder Order)
{
    /// <summary>Midtrans makes no page for a shorter time.</summary>
    private static readonly TimeSpan ShortestPage = TimeSpan.FromMinutes(5);

    public bool IsTooLate => Order.ExpiresIn < ShortestPage;
}

/// <summary>The statements on the queue of orders that wait for Midtrans.</summary>
/// <remarks>Every change after the claim is fenced by the owner: it takes effect only while the session is still this run's.</remarks>
internal sealed class SessionQueue(NpgsqlDataSource database) : ILeasedWork
{
    private const string Claim = """
        with due as (
            select midtrans_order_id from payment_sessions
            where state = 'queued' and next_attempt_at <= (select app_now())
            order by next_attempt_at
            limit $1
            for update skip locked)
        update payment_sessions s set attempts = s.attempts + 1, lease_owner = $2, lease_until = (select app_now()) + $3, next_attempt_at = (select app_now()) + $3
        from due join payment_sessions d on d.midtrans_order_id = due.midtrans_order_id join orders o on o.order_id = d.order_id
        where s.midtrans_order_id = due.midtrans_order_id
        returning s.midtrans_order_id, s.order_id, s.attempts, o.gross_amount, o.customer_name, o.customer_email, o.customer_phone,
                  s.expires_at - (select app_now()),
                  (select array_agg(l.item_id order by l.position) from order_lines l where l.order_id = o.order_id),
                  (select array_agg(l.name order by l.position) from order_lines l where l.order_id = o.order_id),
                  (select array_agg(l.price order by l.position) from order_lines l where l.order_id = o.order_id),
                  (select array_agg(l.quantity order by l.position) from order_lines l where l.order_id = o.order_id),
                  s.sequence, o.status, o.created_at
        """;

    // A microsecond apart: the order placed first is tried first.
    private const string Resume = """
        with waiting as (
            select midtrans_order_id, row_number() over (order by created_at, midtrans_order_id) as place
            from (select midtrans_order_id, created_at from payment_sessions
                  where state = 'queued' and next_attempt_at > (select app_now()) and lease_owner is null
                  for update skip locked) held)
        update payment_sessions s set next_attempt_at = (select app_now()) + waiting.place * interval '1 microsecond'
        from waiting where s.midtrans_order_id = waiting.midtrans_order_id
        """;

    private const string End = """
        update payment_sessions set state = $3, next_attempt_at = case when $5 then (select app_now()) end, last_error = $4, lease_owner = null, lease_until = null
        where midtrans_order_id = $1 and lease_owner = $2 and state = 'queued'
        """;

    // The customer waits for a payment link that will not come, and is told so by the way that needs no approved template.
    private const string EndOrder = """
        with moved as (
            update orders o set status = $2, updated_at = (select app_now()), version = o.version + 1
            where o.order_id = $1 and o.status = 'queued'
            returning o.*),
        message as (
            insert into notification_outbox (order_id, kind, channel, recipient, locale, data, dedupe_key, max_attempts, created_at)
            select m.order_id, 'order_closed', 'email', m.customer_email, m.locale,
                   jsonb_build_object('orderId', m.order_id, 'customerName', m.customer_name, 'grossAmount', m.gross_amount::text),
                   'order_closed:' || m.order_id || ':email', $3, m.updated_at
            from moved m
            on conflict (dedupe_key) do nothing
            returning id, channel, max_attempts, created_at)
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
        select id, channel, created_at, 0, max_attempts from message
        """;

    // A further id for the same order, unless a shop has used it as an order's own.
    private const string Replace = """
        with clock as materialized (select app_now() as now),
        over as (
            update payment_sessions set state = 'ended', next_attempt_at = null, last_error = 'order_id_taken', lease_owner = null, lease_until = null
            where midtrans_order_id = $1 and lease_owner = $2 and state = 'queued'
            returning order_id, sequence, expires_at)
        insert into payment_sessions (midtrans_order_id, order_id, sequence, state, attempts, next_attempt_at, expires_at, created_at)
        select over.order_id || '~' || free.sequence, over.order_id, free.sequence, 'queued', 0, clock.now, over.expires_at, clock.now
        from clock, over cross join lateral (
            select n as sequence from generate_series(over.sequence + 1, over.sequence + 20) n
            where not exists (select 1 from payment_sessions p where p.midtrans_order_id = over.order_id || '~' || n)
            order by n limit 1) free
        """;

    /// <summary>Claims the sessions whose create is due, the one that has waited longest first.</summary>
    public async Task<List<ClaimedSession>> ClaimAsync(int limit, Guid owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = Command(database.CreateCommand(Claim), limit, owner, lease);
        var claimed = new List<ClaimedSession>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var ids = reader.GetFieldValue<string[]>(8);
            var names = reader.GetFieldValue<string[]>(9);
            var prices = reader.GetFieldValue<long[]>(10);
            var quantities = reader.GetFieldValue<int[]>(11);
            var order = new SnapOrder(
                reader.GetString(0),
                reader.GetInt64(3),
                [.. ids.Select((id, index) => new SnapItem(id, names[index], prices[index], quantities[index]))],
                new SnapCustomer(reader.GetString(4), reader.GetString(5), reader.GetString(6)),
                reader.GetTimeSpan(7));
            claimed.Add(new ClaimedSession(
                reader.GetString(0), reader.GetString(1), reader.GetInt32(12), reader.GetInt32(2), WireName<OrderStatus>.Parse(reader.GetString(13)), reader.GetFieldValue<DateTimeOffset>(14), order));
        }

        return claimed;
    }

    /// <summary>Makes due every order that waits, because Midtrans is back.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ResumeAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Resume);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives a session back that was claimed and not settled; whether Midtrans made a page does not matter, the next create replaces it.</summary>
    public async Task ReturnAsync(ClaimedSession session, Guid owner, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await OrderRows.PostponeSessionAsync(connection, session.MidtransOrderId, owner, TimeSpan.Zero, "stopped", counts: true, cancellationToken);
    }

    /// <summary>Ends a session that gets no page, within the caller's transaction; the order stays as it is.</summary>
    /// <param name="asksForPayments">True when a payment is known at Midtrans, for the reconciliation to fetch at once.</param>
    /// <returns>False when the session is not this run's any more.</returns>
    public static async Task<bool> EndAsync(NpgsqlConnection connection, ClaimedSession session, Guid owner, PaymentSessionState state, string code, bool asksForPayments, CancellationToken cancellationToken)
    {
        await using var command = Command(new NpgsqlCommand(End, connection), session.MidtransOrderId, owner, WireName<PaymentSessionState>.Of(state), code, asksForPayments);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Ends the order of a session that gets no page, and has its customer told, within the caller's transaction.</summary>
    public static async Task EndOrderAsync(NpgsqlConnection connection, string orderId, OrderStatus status, int messageMaxAttempts, CancellationToken cancellationToken)
    {
        await using var command = Command(new NpgsqlCommand(EndOrder, connection), orderId, WireName<OrderStatus>.Of(status), messageMaxAttempts);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends a session whose id Midtrans will not take again, and queues the order under a further one.</summary>
    /// <returns>False when the session is not this run's any more.</returns>
    public async Task<bool> ReplaceAsync(ClaimedSession session, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = Command(database.CreateCommand(Replace), session.MidtransOrderId, owner);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Frees what a dead node was asking Midtrans about.</summary>
    public async Task<int> ReleaseAsync(Guid deadNode, CancellationToken cancellationToken)
    {
        await using var command = Command(
            database.CreateCommand(
                """
                update payment_sessions set lease_owner = null, lease_until = null, next_attempt_at = least(next_attempt_at, (select app_now()))
                where lease_owner = $1
                """),
            deadNode);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
