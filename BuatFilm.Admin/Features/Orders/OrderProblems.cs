using BuatFilm.Admin.Http;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>The refusals that placing an order may end in.</summary>
internal static class OrderProblems
{
    public static Problem Exists() => new(StatusCodes.Status409Conflict, "order_exists", "An order with this orderId exists already. Use another orderId, or send the Idempotency-Key that it was placed with.");

    /// <summary>Midtrans has seen the id, and not from us.</summary>
    public static Problem KnownToMidtrans() => new(StatusCodes.Status409Conflict, "order_exists", "The payment provider knows this orderId already. Use another orderId.");

    // Midtrans' own words may name what is wrong, but they are another's: they go to the log, not to the caller.
    public static Problem Rejected() => new(StatusCodes.Status400BadRequest, "payment_rejected", "The payment provider refuses this order. Check its items and the customer's data, and place it again under a new Idempotency-Key.");

    /// <summary>The order went on, or ended, without this request.</summary>
    public static Problem Ended() => new(StatusCodes.Status409Conflict, "order_ended", "This order has no payment page any more. Ask how it stands, and place it again under another orderId if it is still wanted.");

    public static Problem Misconfigured() => new(StatusCodes.Status503ServiceUnavailable, "payment_misconfigured", "The shop's account at the payment provider is not accepted. The order was not kept; the operators have been told.")
    {
        RetryAfter = TimeSpan.FromMinutes(1),
    };
}
