using System.Globalization;
using System.Text;
using BuatFilm.Admin.Components.Lists;
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

public sealed record OrderCustomer(string Name, string Email, string Phone);

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

/// <summary>Which orders a list shows, and in which order.</summary>
/// <param name="Sought">The beginning of an order's id, or a whole mail address or telephone number; null for all.</param>
/// <param name="From">Placed at this instant or later.</param>
/// <param name="Before">Placed before this instant.</param>
internal sealed record OrderFilter(string? Sought = null, OrderStatus? Status = null, DateTimeOffset? From = null, DateTimeOffset? Before = null, bool IsOldestFirst = false)
{
    public static OrderFilter Of(PagedQuery query) => new(
        query["q"],
        WireName<OrderStatus>.TryParse(query["status"], out var status) ? status : null,
        query.From("created"),
        query.Before("created"),
        query is { SortName: "created", IsDescending: false });
}

/// <summary>Finds orders for people, newest first unless they ask otherwise.</summary>
internal sealed class OrderQueries(Databases databases)
{
    private const string Columns = """
        select order_id, storefront, status, gross_amount, paid_amount, refunded_amount, charged_back_amount, customer_name, customer_email, customer_phone,
               created_at, paid_at, expires_at, updated_at
        from orders
        """;

    /// <summary>For the page of orders.</summary>
    public async Task<PagedRows<OrderItemRow>> ReadAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        OrderPlace? after = null;
        if (query.Cursor is { } cursor && (after = OrderPlace.Read(cursor)) is null)
        {
            return PagedRows<OrderItemRow>.UnknownCursor;
        }

        var page = await ListAsync(OrderFilter.Of(query), after, query.Size, cancellationToken);
        return new PagedRows<OrderItemRow>(page.Items, page.NextCursor);
    }

    /// <summary>Counts those that the page of orders could show, up to <see cref="PagedRows.CountedUpTo"/>.</summary>
    public async Task<long> CountAsync(PagedQuery query, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand();
        var sql = new StringBuilder("select count(*) from (select from orders");
        Where(sql, command, OrderFilter.Of(query));
        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" limit {Add(command, PagedRows.CountedUpTo)}) found").ToString();
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <param name="after">Only orders behind this place; null for the first page.</param>
    public async Task<Page<OrderItemRow>> ListAsync(OrderFilter filter, OrderPlace? after, int size, CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand();
        var sql = new StringBuilder(Columns);
        Where(sql, command, filter);
        if (after is { } place)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and (created_at, order_id) {(filter.IsOldestFirst ? '>' : '<')} ({Add(command, place.CreatedAt)}, {Add(command, place.OrderId)})");
        }

        var direction = filter.IsOldestFirst ? "asc" : "desc";
        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" order by created_at {direction}, order_id {direction} limit {Add(command, size + 1)}").ToString();

        var rows = new List<OrderItemRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Read(reader));
        }

        return rows.ToPage(size, row => new OrderPlace(row.CreatedAt, row.OrderId).ToCursor());
    }

    // Written for the filters that there are: a statement with "or" for those that are not would use no index.
    private static void Where(StringBuilder sql, NpgsqlCommand command, OrderFilter filter)
    {
        sql.Append(" where true");
        if (filter.Sought is { } sought)
        {
            sql.Append(" and (").Append(Search(command, sought)).Append(')');
        }

        if (filter.Status is { } only)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and status = {Add(command, WireName<OrderStatus>.Of(only))}");
        }

        if (filter.From is { } from)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and created_at >= {Add(command, from)}");
        }

        if (filter.Before is { } before)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and created_at < {Add(command, before)}");
        }
    }

    private static string Search(NpgsqlCommand command, string sought)
    {
        if (sought.Contains('@', StringComparison.Ordinal))
        {
#pragma warning disable CA1308 // Mail addresses are kept as they were typed, mostly in lower case.
            return $"customer_email = any({Add(command, new[] { sought, sought.ToLowerInvariant() })})";
#pragma warning restore CA1308
        }

        // The ids are compared byte by byte, so their beginnings are a range; no id has a character above the tilde. Shops write them in capitals, people on the phone do not.
        var ids = OrderDraft.IsOrderId(sought)
            ? string.Join(" or ", new[] { sought, sought.ToUpperInvariant() }.Distinct(StringComparer.Ordinal).Select(start => $"(order_id >= {Add(command, start)} and order_id < {Add(command, start + '\u007f')})"))
            : "false";
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
