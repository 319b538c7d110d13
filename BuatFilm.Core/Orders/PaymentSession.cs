namespace BuatFilm.Core.Orders;

/// <summary>One Snap page for an order; a further one only after a failure or when the former has ended.</summary>
public sealed class PaymentSession
{
    /// <summary>The order id that Midtrans sees: the shop's for the first session, with <c>~2</c>, <c>~3</c>, … for further ones.</summary>
    public required string MidtransOrderId { get; init; }

    public required string OrderId { get; init; }

    /// <summary>From 1.</summary>
    public int Sequence { get; init; }

    public PaymentSessionState State { get; private set; }

    public string? SnapToken { get; private set; }

    public string? RedirectUrl { get; private set; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Creates tried so far; from 0. Counted before the call, so that one that kills the process is seen.</summary>
    public int Attempts { get; private set; }

    /// <summary>The earliest instant of the next create while it is queued; later, of the next question to GET status about it. Null when nothing is due any more.</summary>
    public DateTimeOffset? NextAttemptAt { get; private set; }

    /// <summary>The class of the last failure, never Midtrans' text.</summary>
    public string? LastError { get; private set; }

    public DateTimeOffset? LeaseUntil { get; private set; }

    /// <summary>Fencing token of the run that holds the lease.</summary>
    public Guid? LeaseOwner { get; private set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? OpenedAt { get; private set; }
}

public enum PaymentSessionState
{
    /// <summary>A create is due or under way.</summary>
    Queued,

    /// <summary>Midtrans gave a token.</summary>
    Open,

    /// <summary>Midtrans refused; it will not pass.</summary>
    Refused,

    /// <summary>Its time is over, or a later session took its place.</summary>
    Ended,
}
