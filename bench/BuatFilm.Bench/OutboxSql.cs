namespace BuatFilm.Bench;

/// <summary>The outbox as a lease in SQL: the bar for row 2.</summary>
internal static class OutboxSql
{
    /// <summary>Messages that have been due for an hour; every run begins with the same tables.</summary>
    public const string Fill = """
        truncate notification_outbox, outbox_queue, outbox_dead, notification_attempts restart identity;
        insert into notification_outbox (order_id, kind, channel, recipient, locale, data, dedupe_key, max_attempts, created_at)
        select 'BENCH-' || lpad(i::text, 9, '0'), 'payment_received', 'email', 'budi' || i || '@contoh.id', 'id',
               '{"orderId":"BENCH-000000001","customerName":"Budi Santoso","grossAmount":"150000","paidAt":"2026-01-09T11:27:25Z","paymentMethod":"bank_transfer","items":"[{\"name\" : \"Sewa kamera\", \"quantity\" : 1, \"price\" : 150000}]"}',
               'bench:' || i, 8, now()
        from generate_series(1, @messages) i;
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
        select id, channel, now() - interval '1 hour' + id * interval '1 ms', 0, max_attempts from notification_outbox;
        vacuum analyze notification_outbox;
        vacuum analyze outbox_queue;
        vacuum analyze notification_attempts;
        checkpoint
        """;

    /// <summary>Claim with a lease, then complete: delete from the queue and record the attempt. Batches of 100.</summary>
    public const string PgBench = """
        with due as (
            select message_id from outbox_queue
            where channel = 'email' and due_at <= (select app_now())
            order by due_at, message_id
            limit 100
            for update skip locked),
        claimed as (
            update outbox_queue q set attempt = q.attempt + 1, lease_owner = '00000000-0000-0000-0000-000000000001', due_at = (select app_now()) + interval '90 s'
            from due where q.message_id = due.message_id
            returning q.message_id)
        select coalesce(array_agg(c.message_id), '{}')::text as ids, sum(length(m.recipient) + length(m.data::text)) as read
        from claimed c join notification_outbox m on m.id = c.message_id \gset
        with mine as materialized (
            select message_id, attempt from outbox_queue
            where message_id = any(:ids::bigint[]) and lease_owner = '00000000-0000-0000-0000-000000000001'
            order by message_id
            for update),
        tried as (
            insert into notification_attempts (message_id, attempt, result, node, ended_at)
            select message_id, attempt, 'delivered', '00000000-0000-0000-0000-000000000001', app_now() from mine)
        delete from outbox_queue q using mine where q.message_id = mine.message_id;

        """;
}
