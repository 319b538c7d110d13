using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Operations;

/// <summary>Puts dead letters into a database, each with an order of its own and the attempt that killed it.</summary>
internal static class DeadLetters
{
    private const string Add = """
        with o as (
            insert into orders (order_id, storefront, status, gross_amount, paid_amount, refunded_amount, charged_back_amount, customer_name, customer_email, customer_phone, locale, expires_at, created_at, updated_at)
            select $2 || i, 'test', $4, 450000, 0, 0, 0, 'Budi Santoso', 'budi' || i || '@contoh.id', '+62812' || (34000000 + i), 'id', t.now + interval '1 day', t.now, t.now
            from generate_series(1, $1) i, (select app_now() as now) t
            returning order_id, customer_email, customer_phone),
        m as (
            insert into notification_outbox (order_id, kind, channel, recipient, locale, data, max_attempts)
            select order_id, $5, $3, case when $3 = 'email' then customer_email else customer_phone end, 'id',
                   jsonb_build_object('orderId', order_id, 'customerName', 'Budi Santoso', 'grossAmount', '450000', 'paidAt', '2026-01-02T03:04:05Z', 'paymentMethod', 'qris', 'items', '[]'), 8
            from o order by length(order_id), order_id
            returning id, channel, recipient),
        a as (
            insert into notification_attempts (message_id, attempt, result, code, error, node, ended_at)
            select id, 1, 'refused', $6, $6 || ' 5.1.1 <' || recipient || '>: mailbox is not to be had', gen_random_uuid(), app_now() from m),
        d as (
            insert into outbox_dead (message_id, channel, cause, attempt, dead_at) select id, channel, 'refused', 1, app_now() from m)
        select array_agg(id order by id) from m
        """;

    /// <returns>The numbers of their messages, in order.</returns>
    public static async Task<long[]> AddAsync(string connectionString, int count, string orderPrefix, string channel = "email", string orderStatus = "paid", string kind = "payment_received", string code = "550")
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(Add, connection) { CommandTimeout = 120 };
        foreach (var value in new object[] { count, orderPrefix, channel, orderStatus, kind, code })
        {
            command.Parameters.Add(new() { Value = value });
        }

        return (long[])(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public static Task<long> CountAsync(string connectionString) => MigratedDatabase.ReadAsync<long>(connectionString, "select count(*) from outbox_dead");
}
