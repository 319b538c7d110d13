using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Orders;

namespace BuatFilm.Admin.Features.Orders;

/// <summary><c>/api/v1/orders</c>: storefronts place orders and ask how they stand. The ops API's routes for orders are mapped with them.</summary>
internal static class OrdersEndpoints
{
    public const string Path = "/api/v1/orders";

    private static readonly string Awaiting = WireName<OrderStatus>.Of(OrderStatus.AwaitingPayment);

    /// <param name="withIdempotencyKey">Puts the route behind the idempotency filter, which is another feature's.</param>
    public static void MapOrders(this IEndpointRouteBuilder routes, Action<RouteHandlerBuilder> withIdempotencyKey)
    {
        var group = routes.MapGroup(Path).WithTags("Orders").RequireRateLimiting(RateLimits.Storefront);

        var place = group.MapPost("/", PlaceAsync)
            .RequirePermission(Permissions.OrdersPlace)
            .WithName("PlaceOrder")
            .WithSummary("Places an order and gives its Snap token.")
            .Accepts<OrderRequest>("application/json")
            .Produces<OrderCreated>(StatusCodes.Status201Created)
            .Produces<OrderQueued>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        withIdempotencyKey(place);

        group.MapGet("/{orderId}", FindAsync)
            .RequirePermission(Permissions.OrdersPlace)
            .RequireService(ExternalService.Database)
            .WithName("GetOrder")
            .WithSummary("Says how an order stands.")
            .Produces<OrderStanding>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        routes.MapOrderSearch();
    }

    private static async Task<IResult> PlaceAsync(HttpContext context, PlaceOrder placeOrder)
    {
        var execution = IdempotentExecution.Of(context);

        return OrderDraft.TryRead(execution.Request, out var errors) is { } draft
            ? await placeOrder.ExecuteAsync(draft, context.User.Identity!.Name!, execution, problem => problem.ToAnswer(context))
            : Problems.Validation(errors);
    }

    private static async Task<IResult> FindAsync(string orderId, HttpContext context, Databases databases, CancellationToken cancellationToken)
    {
        // One storefront's orders are nothing to another's.
        if (!OrderDraft.IsOrderId(orderId)
            || await OrderRows.FindAsync(databases.Api, orderId, cancellationToken) is not { } order
            || !string.Equals(order.Storefront, context.User.Identity!.Name, StringComparison.Ordinal))
        {
            return new Problem(StatusCodes.Status404NotFound, "order_not_found", "There is no such order. Check the orderId.");
        }

        var canBePaid = order.Status is "pending" || order.Status == Awaiting;
        return Results.Ok(new OrderStanding(
            order.OrderId, order.Status, order.GrossAmount, order.RefundedAmount, order.ChargedBackAmount, order.PaidAt?.ToUniversalTime(),
            canBePaid ? order.SnapToken : null, canBePaid ? order.RedirectUrl : null, order.ExpiresAt.ToUniversalTime(), order.CreatedAt.ToUniversalTime()));
    }
}

/// <summary>The request as the API's documentation shows it; <see cref="OrderDraft"/> reads it.</summary>
/// <param name="OrderId">1 to 40 of the characters <c>A-Z a-z 0-9 . _ ~ -</c>; left out, one is made.</param>
/// <param name="GrossAmount">Left out, or the sum of the items in whole rupiah.</param>
/// <param name="ExpiresInMinutes">5 to 10,080; left out, 1,440.</param>
/// <param name="Locale"><c>id</c> or <c>en</c>: the language of the customer's messages; left out, <c>id</c>.</param>
internal sealed record OrderRequest(
    string? OrderId,
    OrderRequestCustomer Customer,
    IReadOnlyList<OrderRequestItem> Items,
    long? GrossAmount,
    int? ExpiresInMinutes,
    string? Locale,
    IReadOnlyDictionary<string, object>? Metadata);

/// <param name="Phone">As people write it; it is kept as E.164.</param>
internal sealed record OrderRequestCustomer(string Name, string Email, string Phone);

/// <param name="Price">For one piece, in whole rupiah.</param>
internal sealed record OrderRequestItem(string Id, string Name, long Price, int Quantity);
