namespace BuatFilm.Bench;

/// <summary>The webhook's work as one statement and one transaction for each event: the bar for row 1.</summary>
internal static class WebhookSql
{
    /// <summary>Orders that wait for their payment, with a line and an open session each.</summary>
    public const string Seed = """
        insert into orders (order_id, storefront, status, gross_amount, paid_amount, refunded_amount, charged_back_amount, customer_name, customer_email, customer_phone, locale, expires_at, created_at, updated_at)
        select 'BENCH-' || lpad(i::text, 9, '0'), 'toko-contoh', 'pending', 150000, 0, 0, 0, 'Budi Santoso', 'budi' || i || '@contoh.id', '081234567890', 'id', now() + interval '1 day', now(), now()
        from generate_series(1, @orders) i;
        insert into order_lines (order_id, position, item_id, name, price, quantity)
        select order_id, 1, 'kamera-1', 'Sewa kamera', 150000, 1 from orders;
        insert into payment_sessions (midtrans_order_id, order_id, sequence, state, snap_token, redirect_url, expires_at, created_at, opened_at)
        select order_id, order_id, 1, 'open', md5(order_id), 'https://contoh.id/' || order_id, now() + interval '1 day', now(), now() from orders;
        vacuum analyze orders;
        vacuum analyze order_lines;
        vacuum analyze payment_sessions
        """;

    /// <summary>Every round begins with the same tables.</summary>
    /// <remarks>
    /// No checkpoint: after one, the first touch of every page logs the whole page. With orders spread over the whole
    /// table that would be most of what is measured, on both sides, and it hides the difference.
    /// </remarks>
    public const string Reset = """
        truncate payment_events, payment_event_checks, payments, notification_outbox, outbox_queue, outbox_dead, notification_attempts, alerts restart identity;
        update orders set status = 'pending', paid_amount = 0, paid_at = null, version = 0 where version > 0;
        vacuum orders
        """;

    // Every client takes orders of its own, spread over the whole table.
    private const string Settings = """
        \set i :i + 1
        \set o 1 + permute(:client_id + :clients * :i, :orders, 42)
        \set r1 random(1, 9000000000000000)
        \set r2 random(1, 9000000000000000)

        """;

    // pgbench takes a colon and a letter for a variable, in quotes too; hence the form of the time and of the key.
    private const string Statement = """
        with e as (
            insert into payment_events (event_key, order_id, midtrans_order_id, transaction_id, transaction_status, fraud_status, status_code,
                                        payment_type, gross_amount, outcome, source, raw_payload, received_at, processed_at)
            select sha256(convert_to(:r1::bigint::text || '|' || :r2::bigint::text, 'UTF8')), 'BENCH-' || lpad(:o::bigint::text, 9, '0'), 'BENCH-' || lpad(:o::bigint::text, 9, '0'),
                   'bench-' || :r1::bigint::text, 'settlement', 'accept', '200', 'bank_transfer', '150000.00', 'applied', 'notification', convert_to(:payload::text, 'UTF8'), t.now, t.now
            from (select app_now() as now) t
            on conflict (event_key) do nothing
            returning id, order_id, transaction_id, received_at),
        paid as (
            insert into payments (order_id, transaction_id, midtrans_order_id, payment_type, issuer, state, gross_amount,
                                  has_paid, refunded_amount, charged_back_amount, confirmed, paid_at, created_at, updated_at)
            select order_id, transaction_id, order_id, 'bank_transfer', 'bca', 'settlement', 150000, true, 0, 0, false, received_at, received_at, received_at from e
            on conflict (order_id, transaction_id) do update set state = excluded.state, has_paid = excluded.has_paid, paid_at = excluded.paid_at, updated_at = excluded.updated_at),
        moved as (
            update orders o set status = 'paid', paid_amount = o.gross_amount, paid_at = e.received_at, updated_at = e.received_at, version = o.version + 1
            from e where o.order_id = e.order_id
            returning o.order_id, o.customer_email, o.customer_name, o.locale, o.gross_amount, o.paid_at),
        messages as (
            insert into notification_outbox (order_id, kind, channel, recipient, locale, data, dedupe_key, max_attempts, created_at)
            select m.order_id, 'payment_received', 'email', m.customer_email, m.locale,
                   jsonb_build_object(
                       'orderId', m.order_id, 'customerName', m.customer_name, 'grossAmount', m.gross_amount::text,
                       'paidAt', to_char(m.paid_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24":"MI":"SS"Z"'), 'paymentMethod', 'bank_transfer',
                       'items', (select coalesce(json_agg(json_build_object('name', l.name, 'quantity', l.quantity, 'price', l.price) order by l.position), '[]')::text
                                 from order_lines l where l.order_id = m.order_id)),
                   'payment_received:' || m.order_id || ':' || 'email', 8, m.paid_at
            from moved m
            on conflict (dedupe_key) do nothing
            returning id, channel, max_attempts, created_at),
        queued as (
            insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
            select id, channel, created_at, 0, max_attempts from messages)
        insert into payment_event_checks as c (event_id, due_at)
        select id, received_at + interval '1 hour' from e
        on conflict (event_id) do update set due_at = least(c.due_at, excluded.due_at)
        """;

    public static string PgBench => Settings + Statement + ";\n";

    /// <summary>The same for Npgsql: $1 and $2 random, $3 the order's number, $4 the body.</summary>
    public static string Npgsql => Statement
        .Replace(":r1::", "$1::", StringComparison.Ordinal)
        .Replace(":r2::", "$2::", StringComparison.Ordinal)
        .Replace(":o::", "$3::", StringComparison.Ordinal)
        .Replace(":payload::", "$4::", StringComparison.Ordinal);
}
