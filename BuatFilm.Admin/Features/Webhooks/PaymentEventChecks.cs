using BuatFilm.Core;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Npgsql;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>An event that this run has claimed to ask GET status about.</summary>
internal sealed record ClaimedCheck(long EventId, int Attempt, byte[] EventKey, string MidtransOrderId, string TransactionId, string PaymentType, PaymentState? Told, EventOutcome Outcome, byte[] Raw);

/// <summary>The queue of questions to GET status: claimed with a lease, asked outside any transaction, settled with the fencing token.</summary>
internal sealed class PaymentEventChecks(NpgsqlDataSource database)
{
    private const string Claim = """
        with due as (
            select event_id from payment_event_checks
            where due_at <= (select app_now())
            order by due_at, event_id
            limit $1
            for update skip locked)
        update payment_event_checks c set attempts = c.attempts + 1, lease_owner = $2, due_at = (select app_now()) + make_interval(secs => $3)
        from due join payment_events e on e.id = due.event_id
        where c.event_id = due.event_id
        """ + Returning;

    private const string ClaimOne = """
        update payment_event_checks c set attempts = c.attempts + 1, lease_owner = $2, due_at = (select app_now()) + make_interval(secs => $3)
        from payment_events e
        where c.event_id = $1 and e.id = c.event_id and (c.lease_owner is null or c.due_at <= (select app_now()))
        """ + Returning;

    private const string Returning = """

        returning c.event_id, c.attempts, e.event_key, e.midtrans_order_id, e.transaction_id, e.payment_type, e.transaction_status, e.fraud_status, e.raw_payload, e.outcome
        """;

    private const string Add = """
        insert into payment_event_checks as c (event_id, due_at) values ($1, (select app_now()))
        on conflict (event_id) do update set due_at = least(c.due_at, excluded.due_at) where c.lease_owner is null
        """;

    private const string Postpone = """
        update payment_event_checks set due_at = (select app_now()) + make_interval(secs => $4), last_error = $5, lease_owner = null,
               attempts = case when $6 then attempts else attempts - 1 end
        where event_id = $1 and lease_owner = $2 and attempts = $3
        """;

    // Whatever waits because Midtrans could not be asked; not what waits for Midtrans to know more.
    private const string Resume = """
        update payment_event_checks set due_at = (select app_now())
        where due_at > (select app_now()) and lease_owner is null
          and (last_error in ('breaker_open', 'timeout', 'connection') or starts_with(last_error, 'http_'))
        """;

    public Task<List<ClaimedCheck>> ClaimAsync(int limit, Guid owner, TimeSpan lease, CancellationToken cancellationToken) => ClaimAsync(Claim, limit, owner, lease, cancellationToken);

    /// <summary>Claims the question about one event.</summary>
    /// <returns>Null when there is none, or another run is asking it.</returns>
    public async Task<ClaimedCheck?> ClaimOneAsync(long eventId, Guid owner, TimeSpan lease, CancellationToken cancellationToken) =>
        (await ClaimAsync(ClaimOne, eventId, owner, lease, cancellationToken)).SingleOrDefault();

    /// <summary>Has GET status asked about an event now, within the caller's transaction.</summary>
    public static async Task AddAsync(NpgsqlConnection connection, long eventId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Add, connection) { Parameters = { new() { Value = eventId } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<ClaimedCheck>> ClaimAsync(string sql, object what, Guid owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = what });
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = lease.TotalSeconds });

        var claimed = new List<ClaimedCheck>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(new ClaimedCheck(
                reader.GetInt64(0), reader.GetInt32(1), reader.GetFieldValue<byte[]>(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                MidtransNotification.StateOf(reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetString(7)), WireName<EventOutcome>.Parse(reader.GetString(9)), reader.GetFieldValue<byte[]>(8)));
        }

        return claimed;
    }

    /// <summary>Has everything asked now that waited for Midtrans to be back.</summary>
    /// <returns>How many questions that are.</returns>
    public async Task<int> ResumeAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Resume);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Puts the question off.</summary>
    /// <param name="counts">False when nothing was asked, so that an open breaker burns no attempt.</param>
    public async Task PostponeAsync(ClaimedCheck check, Guid owner, TimeSpan wait, string error, bool counts, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Postpone);
        command.Parameters.Add(new() { Value = check.EventId });
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = check.Attempt });
        command.Parameters.Add(new() { Value = wait.TotalSeconds });
        command.Parameters.Add(new() { Value = error });
        command.Parameters.Add(new() { Value = counts });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends the question within the caller's transaction.</summary>
    /// <returns>False when another run has taken it over.</returns>
    public static async Task<bool> EndAsync(NpgsqlConnection connection, ClaimedCheck check, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("delete from payment_event_checks where event_id = $1 and lease_owner = $2 and attempts = $3", connection)
        {
            Parameters = { new() { Value = check.EventId }, new() { Value = owner }, new() { Value = check.Attempt } },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Reads stored evidence again.</summary>
    /// <returns>Null when it was deleted because of its age.</returns>
    public static MidtransNotification? Reread(byte[] raw)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(raw);
            return MidtransNotification.TryRead(document.RootElement, out var news) ? news : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
