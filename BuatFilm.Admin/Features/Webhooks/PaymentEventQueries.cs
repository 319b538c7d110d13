using System.Globalization;
using System.Text;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Webhooks;
using Npgsql;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>One event, without its body.</summary>
/// <param name="OrderId">Null while no order is known under Midtrans' id.</param>
/// <param name="GrossAmount">Whole rupiah; null for a text that is no amount.</param>
/// <param name="AwaitsVerification">True while GET status has still to speak about it.</param>
internal sealed record PaymentEventItem(
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

/// <summary>Reads what Midtrans said of payments, newest first.</summary>
internal sealed class PaymentEventQueries(Databases databases)
{
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
