using System.Globalization;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Idempotency;
using BuatFilm.Core.Orders;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>The answers of the storefront's routes, as the contract has them.</summary>
internal static class OrderAnswers
{
    public static StoredAnswer Created(string orderId, string snapToken, string redirectUrl, DateTimeOffset expiresAt) => JsonAnswer.Of(
        StatusCodes.Status201Created,
        new OrderCreated(orderId, "awaiting_payment", snapToken, redirectUrl, expiresAt.ToUniversalTime()),
        new KeyValuePair<string, string>("Location", StatusUrl(orderId)));

    /// <summary>The answer of an order that has a payment page.</summary>
    /// <returns>Null when it has none.</returns>
    public static StoredAnswer? OfPage(OrderWithSession order) =>
        order is { SnapToken: { } token, RedirectUrl: { } url } && order.SessionState == WireName<PaymentSessionState>.Of(PaymentSessionState.Open)
            ? Created(order.OrderId, token, url, order.ExpiresAt)
            : null;

    public static StoredAnswer Queued(string orderId, TimeSpan retryAfter) => JsonAnswer.Of(
        StatusCodes.Status202Accepted,
        new OrderQueued(orderId, "queued", true, StatusUrl(orderId)),
        new("Location", StatusUrl(orderId)),
        new("Retry-After", Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture)));

    public static string StatusUrl(string orderId) => $"{OrdersEndpoints.Path}/{Uri.EscapeDataString(orderId)}";
}

/// <param name="SnapToken">For Midtrans' snap.js.</param>
/// <param name="RedirectUrl">The payment page for those who do not use snap.js.</param>
/// <param name="ExpiresAt">When the payment page closes, in UTC.</param>
internal sealed record OrderCreated(string OrderId, string Status, string SnapToken, string RedirectUrl, DateTimeOffset ExpiresAt);

/// <param name="Queued">True: Midtrans cannot be reached; the customer gets the payment link as soon as it can.</param>
/// <param name="StatusUrl">Where to ask how it stands.</param>
internal sealed record OrderQueued(string OrderId, string Status, bool Queued, string StatusUrl);

/// <param name="GrossAmount">Whole rupiah.</param>
/// <param name="RefundedAmount">Whole rupiah given back so far.</param>
/// <param name="SnapToken">Present while the order can be paid.</param>
internal sealed record OrderStanding(
    string OrderId,
    string Status,
    long GrossAmount,
    long RefundedAmount,
    long ChargedBackAmount,
    DateTimeOffset? PaidAt,
    string? SnapToken,
    string? RedirectUrl,
    DateTimeOffset ExpiresAt,
    DateTimeOffset CreatedAt);
