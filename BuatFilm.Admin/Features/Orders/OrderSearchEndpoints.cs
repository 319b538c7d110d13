using BuatFilm.Admin.Http;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Orders;

namespace BuatFilm.Admin.Features.Orders;

/// <summary><c>/api/ops/v1/orders</c>: staff find an order, and see everything that happened to it.</summary>
internal static class OrderSearchEndpoints
{
    /// <summary>The longest mail address.</summary>
    private const int LongestSearch = 254;

    public static void MapOrderSearch(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOps("/orders");

        group.MapGet("/", ListAsync)
            .RequirePermission(Permissions.OrdersRead)
            .WithName("SearchOrders")
            .WithSummary("Lists orders, newest first: by the beginning of their id, or the customer's whole mail address or telephone number.")
            .Produces<Page<OrderItemRow>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);

        group.MapGet("/{orderId}", FindAsync)
            .RequirePermission(Permissions.OrdersRead)
            .WithName("GetOrderTimeline")
            .WithSummary("Gives an order with its payments, events and messages.")
            .Produces<OrderTimeline>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(OrderQueries queries, CancellationToken cancellationToken, string? q = null, string? status = null, string? cursor = null, int? limit = null)
    {
        OrderStatus? only = null;
        if (status is not null)
        {
            if (!WireName<OrderStatus>.TryParse(status, out var known))
            {
                return Problems.Validation(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["status"] = [$"Use one of {string.Join(", ", WireName<OrderStatus>.All)}."] });
            }

            only = known;
        }

        OrderPlace? after = null;
        if (cursor is not null && (after = OrderPlace.Read(cursor)) is null)
        {
            return Problems.InvalidCursor();
        }

        var sought = q?.Trim();
        if (sought is { Length: > LongestSearch } || sought?.Contains('\0', StringComparison.Ordinal) == true)
        {
            return Results.Ok(new Page<OrderItemRow>([], null));
        }

        return Results.Ok(await queries.ListAsync(new OrderFilter(string.IsNullOrEmpty(sought) ? null : sought, only), after, PageSize.Of(limit), cancellationToken));
    }

    private static async Task<IResult> FindAsync(string orderId, OrderTimelineQueries queries, CancellationToken cancellationToken) =>
        OrderDraft.IsOrderId(orderId) && await queries.FindAsync(orderId, cancellationToken) is { } found
            ? Results.Ok(found)
            : new Problem(StatusCodes.Status404NotFound, "order_not_found", "There is no such order. Check the orderId.");
}
