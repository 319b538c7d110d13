using BuatFilm.Core.Orders;

namespace BuatFilm.Core.Operations;

/// <summary>Why sending a dead letter now would do harm. The wire names are also the reasons of skipped items.</summary>
public enum RequeueHarm
{
    /// <summary>The order's payment was cancelled, ran out or was given back: the message is not true any more.</summary>
    OrderCancelled,

    /// <summary>It asks for a payment that was made.</summary>
    OrderPaid,

    /// <summary>Another message of the same order, kind and channel arrived.</summary>
    AlreadyDelivered,
}

/// <summary>Which orders make which messages untrue.</summary>
public static class RequeueHarms
{
    /// <summary>The message that asks for a payment.</summary>
    public const string PaymentLink = "payment_link";

    /// <summary>Messages that only make sense while their order stands.</summary>
    public static IReadOnlyList<string> NeedAnOrder { get; } = [PaymentLink, "payment_received"];

    /// <summary>Orders of which nothing is left to say.</summary>
    public static IReadOnlyList<OrderStatus> Cancelled { get; } =
        [OrderStatus.Cancelled, OrderStatus.Expired, OrderStatus.Denied, OrderStatus.Failed, OrderStatus.Refunded, OrderStatus.ChargedBack];

    /// <summary>Orders that need no payment any more.</summary>
    public static IReadOnlyList<OrderStatus> Paid { get; } =
        [OrderStatus.Authorized, OrderStatus.Paid, OrderStatus.PartiallyRefunded, OrderStatus.PartiallyChargedBack];
}
