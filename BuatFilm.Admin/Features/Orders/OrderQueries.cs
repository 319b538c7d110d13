using System.Globalization;
using System.Text;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using Npgsql;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>One order in a list; the customer is masked.</summary>
/// <param name="GrossAmount">All amounts in whole rupiah.</param>
internal sealed record OrderItemRow(
    string OrderId,
    string Storefront,
    string Status,
    long GrossAmount,
    long PaidAmount,
    long RefundedAmount,
    long ChargedBackAmount,
    OrderCustomer Customer,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PaidAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset UpdatedAt);

internal sealed record OrderCustomer(string Name, string Email, string Phone);

/// <summary>Where a page of orders ended.</summary>
internal sealed record OrderPlace(DateTimeOffset CreatedAt, string OrderId)
{
    public string ToCursor() => Cursor.Of(CreatedAt.UtcTicks.ToString(CultureInfo.InvariantCulture), OrderId);

    public static OrderPlace? Read(string cursor) =>
        Cursor.TryRead(cursor, 2, out var parts)
        && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
        && OrderDraft.IsOrderId(parts[1])
            ? new OrderPlace(new DateTimeOffset(ticks, TimeSpan.Zero), parts[1])
            : null;
}

/// <summary>Finds orders for people, newest first.</summary>
internal sealed class OrderQueries(Databases databases)
{
    private const string Columns = """
        select order_id, storefront, status, gross_amount, paid_amount, refunded_amount, charged_back_amount, customer_name, customer_email, customer_phone,
               created_at, paid_at, expires_at, updated_at
        from orders
        """;

    /// <param name="sought">The beginning of an order's id, or a whole mail address or telephone number; null for all.</param>
    /// <param name="after">Only orders behind this place; null for the first page.</param>
    public async Task<Page<OrderItemRow>> ListAsync(string? sought, OrderStatus? status, OrderPlace? after, int size, CancellationToken cancellationToken)
    {
        // Written for the filters that there are: a statement with "or" for those that are not would use no index.
        await using var command = databases.Pages.CreateCommand();
        var sql = new StringBuilder(Columns).Append(" where true");
        if (sought is not null)
        {
            sql.Append(" and (").Append(Search(command, sought)).Append(')');
        }

        if (status is { } only)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and status = {Add(command, WireName<OrderStatus>.Of(only))}");
        }

        if (after is { } place)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and (created_at, order_id) < ({Add(command, place.CreatedAt)}, {Add(command, place.OrderId)})");
        }

        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" order by created_at desc, order_id desc limit {Add(command, size + 1)}").ToString();

        var rows = new List<OrderItemRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Read(reader));
        }

        return rows.ToPage(size, row => new OrderPlace(row.CreatedAt, row.OrderId).ToCursor());
    }

    private static string Search(NpgsqlCommand command, string sought)
    {
        if (sought.Contains('@', StringComparison.Ordinal))
        {
#pragma warning disable CA1308 // Mail addresses are kept as they were typed, mostly in lower case.
            return $"customer_email = any({Add(command, new[] { sought, sought.ToLowerInvariant() })})";
#pragma warning restore CA1308
        }

        // The ids are compared byte by byte, so their beginnings are a range; no id has a character above the tilde.
        var ids = OrderDraft.IsOrderId(sought) ? $"(order_id >= {Add(command, sought)} and order_id < {Add(command, sought + '\u007f')})" : "false";
        return PhoneNumber.TryNormalize(sought, out var phone) ? $"{ids} or customer_phone = {Add(command, phone)}" : ids;
    }

    internal static OrderItemRow Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6),
        new OrderCustomer(Masked.Name(reader.GetString(7)), Masked.Email(reader.GetString(8)), Masked.Phone(reader.GetString(9))),
        reader.Instant(10), reader.InstantOrNull(11), reader.Instant(12), reader.Instant(13));

    private static string Add(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return $"${command.Parameters.Count.ToString(CultureInfo.InvariantCulture)}";
    }
}
