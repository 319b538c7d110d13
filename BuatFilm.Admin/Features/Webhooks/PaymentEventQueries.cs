using System.Globalization;
using System.Text;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>One event, without its body.</summary>
/// <param name="OrderId">Null while no order is known under Midtrans' id.</param>
/// <param name="GrossAmount">Whole rupiah; null for a text that is no amount.</param>
/// <param name="AwaitsVerification">True while GET status has still to speak about it.</param>
public sealed record PaymentEventItem(
    long Id,
    string? OrderId,
    string MidtransOrderId,
    string TransactionId,
    string TransactionStatus,
    string? FraudStatus,
    string StatusCode,
    string PaymentType,
    long? GrossAmount,
    string Outcome,
    string? Reason,
    string Source,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? ProcessedAt,
    DateTimeOffset? VerifiedAt,
    bool AwaitsVerification);

/// <summary>One event with its body.</summary>
/// <param name="Payload">The body as text; null when it was deleted because of its age, or is no text.</param>
/// <param name="IsMasked">True when customers' data in it are stars.</param>
internal sealed record PaymentEventDetail(PaymentEventItem Event, string? Payload, bool IsMasked);

/// <summary>One event with everything that explains it to a person.</summary>
/// <param name="Payload">The body, customers' data as stars; null when it was deleted because of its age, or is no text.</param>
/// <param name="HasOrder">False while no payment page is known under Midtrans' id.</param>
/// <param name="Checks">Nothing when the body is gone.</param>
/// <param name="Question">What GET status is still to be asked; null when nothing is.</param>
/// <param name="Previous">The event before it: of the same transaction, else of the same order; null for the first.</param>
/// <param name="Changes">What it says otherwise than <paramref name="Previous"/>.</param>
public sealed record PaymentEventView(
    PaymentEventItem Event,
    string? Payload,
    bool HasOrder,
    IReadOnlyList<CheckedFact> Checks,
    OpenQuestion? Question,
    PaymentEventItem? Previous,
    IReadOnlyList<PayloadChange> Changes)
{
    // By what the lists hold: an open page draws again only what has changed.
    public bool Equals(PaymentEventView? other) =>
        other is not null && Event == other.Event && Payload == other.Payload && HasOrder == other.HasOrder && Question == other.Question && Previous == other.Previous
        && Checks.SequenceEqual(other.Checks) && Changes.SequenceEqual(other.Changes);

    public override int GetHashCode() => Event.GetHashCode();
}

/// <summary>A question to GET status that waits.</summary>
/// <param name="Attempts">Asked so often.</param>
/// <param name="LastError">Why the last time brought nothing.</param>
public sealed record OpenQuestion(DateTimeOffset DueAt, int Attempts, string? LastError);

/// <summary>Reads what Midtrans said of payments, newest first.</summary>
internal sealed class PaymentEventQueries(Databases databases, IOptionsMonitor<MidtransOptions> account)
{
    /// <summary>How many of the newest events are looked through for what no index leads to.</summary>
    public const int Newest = 50_000;

    private const string Columns = """
        select e.id, e.order_id, e.midtrans_order_id, e.transaction_id, e.transaction_status, e.fraud_status, e.status_code, e.payment_type, e.gross_amount,
               e.outcome, e.reason, e.source, e.received_at, e.processed_at, e.verified_at, c.event_id is not null
        """;

    private const string From = """

        from payment_events e left join payment_event_checks c on c.event_id = e.id
        """;

    /// <param name="orderId">The shop's id, or Midtrans'; null for all.</param>
    /// <param name="before">Only events with a lower id; null for the first page.</param>
    public async Task<Page<PaymentEventItem>> ListAsync(string? orderId, EventOutcome? outcome, long? before, int size, CancellationToken cancellationToken)
    {
        // Written for the filters that there are: a statement with "or" for those that are not would use no index.
        await using var command = databases.Pages.CreateCommand();
        var sql = new StringBuilder(Columns).Append(From).Append(" where true");
        if (before is { } id)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and e.id < {Add(command, id)}");
        }

        if (outcome is { } only)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and e.outcome = {Add(command, WireName<EventOutcome>.Of(only))}");
        }

        if (orderId is not null)
        {
            var place = Add(command, orderId);
            sql.Append(CultureInfo.InvariantCulture, $" and e.midtrans_order_id in (select {place} union all select s.midtrans_order_id from payment_sessions s where s.order_id = {place})");
        }

        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" order by e.id desc limit {Add(command, size + 1)}").ToString();

        var rows = new List<PaymentEventItem>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Read(reader));
        }

        return rows.ToPage(size, row => Cursor.Of(row.Id.ToString(CultureInfo.InvariantCulture)));
    }

    /// <param name="withCustomer">True shows the body as it arrived.</param>
    /// <returns>Null when there is no such event.</returns>
    public async Task<PaymentEventDetail?> FindAsync(long id, bool withCustomer, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand($"{Columns}, e.raw_payload{From} where e.id = $1");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var raw = reader.GetFieldValue<byte[]>(16);
        var payload = raw.Length == 0 ? null : withCustomer ? Encoding.UTF8.GetString(raw).Replace('\0', '\uFFFD') : MaskedPayload.Of(raw);
        return new PaymentEventDetail(Read(reader), payload, !withCustomer);
    }

    /// <summary>As the filters <c>q</c>, <c>outcome</c>, <c>status</c>, <c>method</c> and <c>at</c> want it.</summary>
    public async Task<PagedRows<PaymentEventItem>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        long? before = null;
        if (query.Cursor is { } cursor)
        {
            if (!Cursor.TryRead(cursor, 1, out var parts) || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                return PagedRows<PaymentEventItem>.UnknownCursor;
            }

            before = id;
        }

        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        var sql = new StringBuilder(Columns).Append(From).Append(await WhereAsync(command, query, cancellationToken));
        if (before is { } last)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and e.id < {Add(command, last)}");
        }

        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" order by e.id desc limit {Add(command, query.Size + 1)}").ToString();
        var rows = new List<PaymentEventItem>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Read(reader));
        }

        var page = rows.ToPage(query.Size, row => Cursor.Of(row.Id.ToString(CultureInfo.InvariantCulture)));
        return new PagedRows<PaymentEventItem>(page.Items, page.NextCursor);
    }

    /// <summary>How many match, up to <see cref="PagedRows.CountedUpTo"/>.</summary>
    public async Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        var where = await WhereAsync(command, query, cancellationToken);
        command.CommandText = $"select count(*) from (select 1 from payment_events e {where} limit {Add(command, PagedRows.CountedUpTo)}) counted";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>One event for the page, customers' data as stars.</summary>
    /// <returns>Null when there is no such event.</returns>
    public async Task<PaymentEventView?> ExplainAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        var found = await connection.ListAsync(
            $"""
            {Columns}, e.raw_payload, exists (select 1 from payment_sessions s where s.midtrans_order_id = e.midtrans_order_id), o.gross_amount, p.authorized_amount,
            c.due_at, c.attempts, c.last_error{From}
            left join orders o on o.order_id = e.order_id
            left join payments p on p.order_id = e.order_id and p.transaction_id = e.transaction_id
            where e.id = $1
            """,
            reader => (
                Event: Read(reader), Raw: reader.GetFieldValue<byte[]>(16), HasOrder: reader.GetBoolean(17), OrderAmount: reader.IsDBNull(18) ? (long?)null : reader.GetInt64(18),
                Authorized: reader.IsDBNull(19) ? (long?)null : reader.GetInt64(19),
                Question: reader.IsDBNull(20) ? null : new OpenQuestion(reader.Instant(20), reader.GetInt32(21), reader.Text(22))),
            cancellationToken,
            id);
        if (found is not [var told])
        {
            return null;
        }

        var previous = await connection.ListAsync(
            $"{Columns}, e.raw_payload{From} where e.midtrans_order_id = $1 and e.id < $2 order by e.transaction_id = $3 desc, e.id desc limit 1",
            reader => (Event: Read(reader), Raw: reader.GetFieldValue<byte[]>(16)),
            cancellationToken,
            told.Event.MidtransOrderId,
            id,
            told.Event.TransactionId);
        return new PaymentEventView(
            told.Event,
            told.Raw.Length == 0 ? null : MaskedPayload.Of(told.Raw),
            told.HasOrder,
            ChecksOf(told.Event, told.Raw, told.OrderAmount, told.Authorized),
            told.Question,
            previous is [var before] ? before.Event : null,
            previous is [var old] ? PayloadDifference.Of(old.Raw, told.Raw) : []);
    }

    private IReadOnlyList<CheckedFact> ChecksOf(PaymentEventItem told, byte[] raw, long? orderAmount, long? authorized) =>
        raw.Length > 0 && PaymentEventChecks.Reread(raw) is { } news
            ? NotificationChecks.Of(
                news, told.Source == WireName<EventSource>.Of(EventSource.Poll), orderAmount, authorized,
                account.CurrentValue.MerchantId, account.CurrentValue.ServerKey, account.CurrentValue.PreviousServerKey)
            : [];

    private static async Task<string> WhereAsync(NpgsqlCommand command, PagedQuery query, CancellationToken cancellationToken)
    {
        // Written for the filters that there are: a statement with "or" for those that are not would use no index.
        var sql = new StringBuilder(" where true");
        var isNarrow = false;
        if (query["q"] is { } sought)
        {
            isNarrow = await IsOrderAsync(command.Connection!, sought, cancellationToken);
            var place = Add(command, sought);
            sql.Append(isNarrow
                ? $" and e.midtrans_order_id in (select o from unnest(array[{place}, upper({place})]) o union select s.midtrans_order_id from payment_sessions s where s.order_id in ({place}, upper({place})))"
                : $" and e.transaction_id in ({place}, lower({place}))");
        }

        if (query["outcome"] is { } outcome)
        {
            isNarrow |= outcome != WireName<EventOutcome>.Of(EventOutcome.Applied);
            sql.Append(CultureInfo.InvariantCulture, $" and e.outcome = {Add(command, outcome)}");
        }

        if (query["status"] is { } status)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and e.transaction_status = {Add(command, status)}");
        }

        if (query["method"] is { } method)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and e.payment_type = {Add(command, method)}");
        }

        foreach (var (at, comparison) in new[] { (query.From("at"), ">="), (query.Before("at"), "<") })
        {
            if (at is { } day)
            {
                // Ids grow with time, and no index over the arrival is worth its price at every notification.
                isNarrow = true;
                var first = await FirstIdSinceAsync(command.Connection!, day, cancellationToken);
                sql.Append(CultureInfo.InvariantCulture, $" and e.id {comparison} {Add(command, first)} and e.received_at {comparison} {Add(command, day)}");
            }
        }

        if (!isNarrow && (query["q"] ?? query["status"] ?? query["method"]) is not null)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and e.id > (select coalesce(max(n.id), 0) from payment_events n) - {Add(command, Newest)}");
        }

        return sql.ToString();
    }

    /// <summary>True when a number is an order's, the shop's or Midtrans'; else it may be a transaction's.</summary>
    private static async Task<bool> IsOrderAsync(NpgsqlConnection connection, string sought, CancellationToken cancellationToken) =>
        (await connection.ListAsync(
            """
            select exists (select 1 from payment_events where midtrans_order_id in ($1, upper($1))) or exists (select 1 from payment_sessions where order_id in ($1, upper($1)))
            """,
            reader => reader.GetBoolean(0),
            cancellationToken,
            sought)).Single();

    /// <returns>The lowest id of an event that arrived at an instant or later; beyond the last when none did.</returns>
    private static async Task<long> FirstIdSinceAsync(NpgsqlConnection connection, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (low, high) = (1L, (await connection.ListAsync("select coalesce(max(id), 0) + 1 from payment_events", reader => reader.GetInt64(0), cancellationToken)).Single());
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var isOlder = await connection.ListAsync("select received_at < $1 from payment_events where id >= $2 order by id limit 1", reader => reader.GetBoolean(0), cancellationToken, at, middle);
            if (isOlder is [true])
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static PaymentEventItem Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.Text(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.Text(5), reader.GetString(6), reader.GetString(7),
        Rupiah.TryParseMidtrans(reader.GetString(8), out var amount) ? amount.Amount : null,
        reader.GetString(9), reader.Text(10), reader.GetString(11), reader.Instant(12), reader.InstantOrNull(13), reader.InstantOrNull(14), reader.GetBoolean(15));

    private static string Add(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return $"${command.Parameters.Count.ToString(CultureInfo.InvariantCulture)}";
    }
}
