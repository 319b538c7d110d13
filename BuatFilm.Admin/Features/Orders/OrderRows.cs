using BuatFilm.Core.Orders;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>An order with its latest payment session, as the storefront's routes need it.</summary>
/// <param name="IsBeingMade">True while a run is asking Midtrans for the page.</param>
internal sealed record OrderWithSession(
    string OrderId,
    string Storefront,
    string Status,
    long GrossAmount,
    long RefundedAmount,
    long ChargedBackAmount,
    DateTimeOffset? PaidAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset CreatedAt,
    string SessionState,
    string? SnapToken,
    string? RedirectUrl,
    bool IsBeingMade);

/// <summary>The statements on orders and their payment sessions, written by hand.</summary>
internal static class OrderRows
{
    private const string InsertOrder = """
        insert into orders (order_id, storefront, status, gross_amount, paid_amount, refunded_amount, charged_back_amount, customer_name, customer_email,
                            customer_phone, locale, metadata, expires_at, created_at, updated_at)
        select $1, $2, 'queued', $3, 0, 0, 0, $4, $5, $6, $7, $8::jsonb, t.now + $9, t.now, t.now from (select app_now() as now) t
        """;

    private const string InsertLines = """
        insert into order_lines (order_id, position, item_id, name, price, quantity)
        select $1, l.position, l.item_id, l.name, l.price, l.quantity
        from unnest($2::text[], $3::text[], $4::bigint[], $5::int[]) with ordinality as l(item_id, name, price, quantity, position)
        """;

    private const string InsertSession = """
        insert into payment_sessions (midtrans_order_id, order_id, sequence, state, attempts, next_attempt_at, lease_owner, lease_until, expires_at, created_at)
        select $1, $1, 1, 'queued', 1, t.now + $3, $2, t.now + $3, t.now + $4, t.now from (select app_now() as now) t
        """;

    private const string Find = """
        select o.order_id, o.storefront, o.status, o.gross_amount, o.refunded_amount, o.charged_back_amount, o.paid_at, o.expires_at, o.created_at,
               s.state, s.snap_token, s.redirect_url, coalesce(s.lease_until > (select app_now()), false)
        from orders o
        join lateral (select * from payment_sessions s where s.order_id = o.order_id order by s.sequence desc limit 1) s on true
        where o.order_id = $1
        """;

    private const string TakeSession = """
        update payment_sessions set lease_owner = $2, lease_until = (select app_now()) + $3, next_attempt_at = (select app_now()) + $3, attempts = attempts + 1
        where midtrans_order_id = $1 and state = 'queued' and (lease_until is null or lease_until <= (select app_now()))
        """;

    private const string OpenSession = """
        with opened as (
            update payment_sessions set state = 'open', snap_token = $3, redirect_url = $4, opened_at = (select app_now()),
                                        next_attempt_at = (select app_now()), last_error = null, lease_owner = null, lease_until = null
            where midtrans_order_id = $1 and lease_owner = $2 and state = 'queued'
            returning order_id),
        moved as (
            update orders o set status = 'awaiting_payment', updated_at = (select app_now()), version = o.version + 1
            from opened where o.order_id = opened.order_id and o.status = 'queued')
        select count(*) from opened
        """;

    private const string PostponeSession = """
        update payment_sessions set next_attempt_at = (select app_now()) + $3, last_error = $4, lease_owner = null, lease_until = null,
                                    attempts = case when $5 then attempts else attempts - 1 end
        where midtrans_order_id = $1 and lease_owner = $2 and state = 'queued'
        """;

    private const string HurrySession = """
        update payment_sessions set next_attempt_at = least(next_attempt_at, (select app_now()))
        where order_id = $1 and state = 'queued' and (lease_until is null or lease_until <= (select app_now()))
        """;

    private const string DropOrder = """
        with held as (
            select order_id from payment_sessions where midtrans_order_id = $1 and lease_owner = $2 and state = 'queued'),
        untouched as (
            select order_id from held where not exists (select 1 from payments p where p.order_id = held.order_id)),
        sessions as (
            delete from payment_sessions s using untouched u where s.order_id = u.order_id)
        delete from orders o using untouched u where o.order_id = u.order_id
        """;

    /// <summary>Saves the order, its lines and its first session, leased to <paramref name="owner"/>, in one round trip and one transaction.</summary>
    /// <param name="alongside">What is to be committed together with it.</param>
    /// <exception cref="PostgresException">Code 23505: the order id is taken.</exception>
    public static async Task SaveAsync(NpgsqlDataSource database, OrderDraft draft, string orderId, string storefront, Guid owner, TimeSpan lease, NpgsqlBatchCommand alongside, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Command(InsertOrder, orderId, storefront, draft.GrossAmount, draft.CustomerName, draft.CustomerEmail, draft.CustomerPhone, draft.Locale, Text(draft.Metadata), draft.ExpiresIn));
        batch.BatchCommands.Add(Command(
            InsertLines,
            orderId,
            draft.Items.Select(item => item.Id).ToArray(),
            draft.Items.Select(item => item.Name).ToArray(),
            draft.Items.Select(item => item.Price).ToArray(),
            draft.Items.Select(item => item.Quantity).ToArray()));
        batch.BatchCommands.Add(Command(InsertSession, orderId, owner, lease, draft.ExpiresIn));
        batch.BatchCommands.Add(alongside);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<OrderWithSession?> FindAsync(NpgsqlDataSource database, string orderId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, orderId, cancellationToken);
    }

    /// <summary>The same within the caller's transaction.</summary>
    public static async Task<OrderWithSession?> FindAsync(NpgsqlConnection connection, string orderId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Find, connection);
        command.Parameters.Add(new() { Value = orderId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        return new OrderWithSession(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5),
            reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6), reader.GetFieldValue<DateTimeOffset>(7), reader.GetFieldValue<DateTimeOffset>(8),
            reader.GetString(9), reader.IsDBNull(10) ? null : reader.GetString(10), reader.IsDBNull(11) ? null : reader.GetString(11), reader.GetBoolean(12));
    }

    /// <summary>Takes a session over whose run is dead.</summary>
    /// <returns>False when somebody holds it, or when it waits for nothing any more.</returns>
    public static async Task<bool> TakeSessionAsync(NpgsqlDataSource database, string midtransOrderId, Guid owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TakeSession);
        Add(command, midtransOrderId, owner, lease);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Keeps the token within the caller's transaction.</summary>
    /// <returns>False when the session is not this run's any more: roll back.</returns>
    public static async Task<bool> OpenSessionAsync(NpgsqlConnection connection, string midtransOrderId, Guid owner, string token, string redirectUrl, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(OpenSession, connection);
        Add(command, midtransOrderId, owner, token, redirectUrl);
        return await command.ExecuteScalarAsync(cancellationToken) is 1L;
    }

    /// <summary>Puts the create off within the caller's transaction.</summary>
    /// <param name="counts">False when Midtrans was not called, so that an open breaker burns no attempt.</param>
    /// <returns>False when the session is not this run's any more: roll back.</returns>
    public static async Task<bool> PostponeSessionAsync(NpgsqlConnection connection, string midtransOrderId, Guid owner, TimeSpan wait, string error, bool counts, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(PostponeSession, connection);
        Add(command, midtransOrderId, owner, wait, error, counts);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Makes a queued create due now, within the caller's transaction.</summary>
    public static async Task HurrySessionAsync(NpgsqlConnection connection, string orderId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(HurrySession, connection);
        Add(command, orderId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes an order that never came to a payment page, within the caller's transaction.</summary>
    /// <returns>False when the session is not this run's any more, or a payment came in: roll back.</returns>
    public static async Task<bool> DropAsync(NpgsqlConnection connection, string midtransOrderId, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(DropOrder, connection);
        Add(command, midtransOrderId, owner);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static void Add(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
