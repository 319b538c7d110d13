using BuatFilm.Core;
using BuatFilm.Core.Orders;
using Npgsql;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>A payment page that this run has claimed to ask GET status about.</summary>
/// <param name="HasPage">False when no page was made, or it was given up; then there is a reason to ask at once.</param>
/// <param name="IsLatest">False when the order has another page that may be paid.</param>
internal sealed record ClaimedPoll(string MidtransOrderId, string OrderId, bool HasPage, DateTimeOffset OpenedAt, DateTimeOffset ExpiresAt, OrderStatus Status, bool IsLatest, DateTimeOffset Now);

/// <summary>The queue of payment pages whose notifications may never have come; claimed with a lease, settled with the fencing token.</summary>
internal sealed class PaymentPolls(NpgsqlDataSource database)
{
    private const string Claim = """
        with due as (
            select midtrans_order_id from payment_sessions
            where state <> 'queued' and next_attempt_at <= (select app_now())
            order by next_attempt_at
            limit $1
            for update skip locked)
        update payment_sessions s set lease_owner = $2, lease_until = (select app_now()) + $3, next_attempt_at = (select app_now()) + $3
        from due join payment_sessions d on d.midtrans_order_id = due.midtrans_order_id join orders o on o.order_id = d.order_id
        where s.midtrans_order_id = due.midtrans_order_id
        returning s.midtrans_order_id, s.order_id, coalesce(s.opened_at, s.created_at), s.expires_at, o.status,
                  not exists (select 1 from payment_sessions n where n.order_id = s.order_id and n.sequence > s.sequence and n.state in ('queued', 'open')),
                  (select app_now()), s.state = 'open'
        """;

    private const string Postpone = """
        update payment_sessions set next_attempt_at = (select app_now()) + $3, last_error = $4, lease_owner = null, lease_until = null
        where midtrans_order_id = $1 and lease_owner = $2 and state <> 'queued'
        """;

    private const string Finish = """
        update payment_sessions set next_attempt_at = null, last_error = null, lease_owner = null, lease_until = null
        where midtrans_order_id = $1 and lease_owner = $2 and state <> 'queued'
        """;

    private const string End = """
        with clock as materialized (select app_now() as now),
        held as materialized (
            select order_id from orders where order_id = $3 and version = $4 for update),
        ended as (
            update payment_sessions s set state = 'ended', next_attempt_at = null, last_error = null, lease_owner = null, lease_until = null
            from held where s.midtrans_order_id = $1 and s.lease_owner = $2 and s.state <> 'queued'
            returning s.order_id),
        moved as (
            update orders o set status = $5, updated_at = clock.now, version = o.version + 1
            from ended, clock where o.order_id = ended.order_id and o.status <> $5)
        select count(*) from ended
        """;

    /// <summary>Claims the pages that are to be asked about, the one that is due longest first.</summary>
    public async Task<List<ClaimedPoll>> ClaimAsync(int limit, Guid owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = Command(Claim, limit, owner, lease);
        var claimed = new List<ClaimedPoll>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(new ClaimedPoll(
                reader.GetString(0), reader.GetString(1), reader.GetBoolean(7), reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3),
                WireName<OrderStatus>.Parse(reader.GetString(4)), reader.GetBoolean(5), reader.GetFieldValue<DateTimeOffset>(6)));
        }

        return claimed;
    }

    /// <summary>Asks again later.</summary>
    /// <param name="error">The class of a failure; null when it was answered.</param>
    public async Task PostponeAsync(ClaimedPoll poll, Guid owner, TimeSpan wait, string? error, CancellationToken cancellationToken)
    {
        await using var command = Command(Postpone, poll.MidtransOrderId, owner, wait, new NpgsqlParameter { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Asks no more; the page stays as it is.</summary>
    public async Task FinishAsync(ClaimedPoll poll, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = Command(Finish, poll.MidtransOrderId, owner);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends the page, and gives its order the status that follows.</summary>
    /// <param name="version">Of the order, when that was decided.</param>
    /// <returns>False when the order has moved on since, or another run holds the page.</returns>
    public async Task<bool> EndAsync(ClaimedPoll poll, Guid owner, int version, OrderStatus status, CancellationToken cancellationToken)
    {
        await using var command = Command(End, poll.MidtransOrderId, owner, poll.OrderId, version, WireName<OrderStatus>.Of(status));
        return await command.ExecuteScalarAsync(cancellationToken) is 1L;
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
