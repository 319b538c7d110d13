namespace BuatFilm.Core.Orders;

/// <summary>Where an order stands. The wire names are part of the contract with storefronts.</summary>
public enum OrderStatus
{
    /// <summary>Stored; Midtrans has not given a Snap token yet.</summary>
    Queued,

    /// <summary>A Snap token exists; the customer has not chosen a method, or an attempt failed and another may follow.</summary>
    AwaitingPayment,

    /// <summary>The customer chose a method and has not paid.</summary>
    Pending,

    /// <summary>A card payment waits for a decision about fraud.</summary>
    Challenge,

    /// <summary>A card is held, not charged.</summary>
    Authorized,

    Paid,
    Denied,
    Expired,
    Cancelled,
    Failed,
    PartiallyRefunded,
    Refunded,
    PartiallyChargedBack,
    ChargedBack,

    /// <summary>Needs a person: the amount differs, it was paid twice, or Midtrans does not confirm what was notified.</summary>
    OnHold,
}
