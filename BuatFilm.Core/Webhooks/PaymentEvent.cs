namespace BuatFilm.Core.Webhooks;

/// <summary>One thing that Midtrans said of one payment, with its evidence; written once per event key.</summary>
public sealed class PaymentEvent
{
    public long Id { get; init; }

    /// <summary>SHA-256 over transaction, status, fraud status and refunds; see <c>EventKey</c>.</summary>
    public required byte[] EventKey { get; init; }

    /// <summary>The shop's order; null while none is known under the id that Midtrans sent.</summary>
    public string? OrderId { get; init; }

    public required string MidtransOrderId { get; init; }

    public required string TransactionId { get; init; }

    public required string TransactionStatus { get; init; }

    public string? FraudStatus { get; init; }

    public required string StatusCode { get; init; }

    public required string PaymentType { get; init; }

    /// <summary>Midtrans' own text, such as <c>450000.00</c>.</summary>
    public required string GrossAmount { get; init; }

    public EventOutcome Outcome { get; private set; }

    /// <summary>Why it was not applied; null when it was.</summary>
    public string? Reason { get; private set; }

    public EventSource Source { get; init; }

    /// <summary>The bytes as they arrived.</summary>
    public required byte[] RawPayload { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public DateTimeOffset? ProcessedAt { get; private set; }

    /// <summary>When GET status agreed or disagreed; null while it has not been asked.</summary>
    public DateTimeOffset? VerifiedAt { get; private set; }
}

/// <summary>A notification that is not Midtrans' word: kept as evidence, and for when our own key was wrong.</summary>
public sealed class RejectedNotification
{
    public long Id { get; init; }

    /// <summary><c>bad_signature</c> or <c>not_json</c>.</summary>
    public required string Reason { get; init; }

    public required byte[] RawPayload { get; init; }

    public string? RemoteAddress { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>An event that GET status has still to speak about.</summary>
public sealed class PaymentEventCheck
{
    public long EventId { get; init; }

    public DateTimeOffset DueAt { get; private set; }

    /// <summary>Questions asked so far, from 0.</summary>
    public int Attempts { get; private set; }

    public Guid? LeaseOwner { get; private set; }

    public string? LastError { get; private set; }
}

public enum EventSource
{
    Notification,

    /// <summary>An answer of GET status.</summary>
    Poll,
}

/// <summary>What became of an event. The wire names are part of the contract.</summary>
public enum EventOutcome
{
    Applied,

    /// <summary>The same event was there before.</summary>
    Duplicate,

    /// <summary>Says nothing new: the payment is past this.</summary>
    IgnoredStale,

    /// <summary>Stored; applied once GET status agrees.</summary>
    PendingVerification,

    /// <summary>No such order here.</summary>
    UnknownOrder,

    /// <summary>The amount, the currency or the merchant is not the order's.</summary>
    Mismatch,

    /// <summary>GET status says otherwise.</summary>
    Refuted,

    /// <summary>A kind that this shop has no use for, such as a subscription.</summary>
    Unsupported,
}
