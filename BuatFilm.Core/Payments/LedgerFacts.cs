using BuatFilm.Core.Alerts;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Webhooks;

namespace BuatFilm.Core.Payments;

/// <summary>One payment as it stands when a decision is made.</summary>
/// <param name="GrossAmount">Whole rupiah.</param>
/// <param name="AuthorizedAmount">What a card was held for; null unless it was.</param>
/// <param name="HoldReason">See <see cref="HoldReasons"/>; null when nobody needs to look.</param>
public sealed record PaymentFacts(
    string TransactionId,
    string MidtransOrderId,
    string PaymentType,
    string? Issuer,
    PaymentState State,
    long GrossAmount,
    long? AuthorizedAmount,
    bool HasPaid,
    long RefundedAmount,
    long ChargedBackAmount,
    bool Confirmed,
    string? HoldReason,
    DateTimeOffset? PaidAt);

/// <summary>One order as it stands when a decision is made.</summary>
/// <param name="ExpiresAt">When its payment page closes.</param>
/// <param name="Payments">The one that changed last stands last.</param>
public sealed record OrderFacts(
    string OrderId,
    OrderStatus Status,
    long GrossAmount,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<PaymentFacts> Payments);

/// <summary>Why an order is on hold.</summary>
public static class HoldReasons
{
    /// <summary>Midtrans took another amount than the order's.</summary>
    public const string Amount = "amount";

    /// <summary>GET status says otherwise than the notification that was applied.</summary>
    public const string Refuted = "refuted";

    /// <summary>GET status knew nothing of it, again and again.</summary>
    public const string Unverifiable = "unverifiable";
}

/// <summary>When GET status is to be asked about an event.</summary>
public enum CheckUrgency
{
    None,

    /// <summary>It was applied; the question only confirms it.</summary>
    Confirm,

    /// <summary>It waits for the answer.</summary>
    Now,
}

/// <summary>An alert that a decision raises.</summary>
public sealed record LedgerAlert(string Kind, AlertSeverity Severity);

/// <summary>What is to be written because of one piece of news.</summary>
/// <param name="Outcome">What the event is recorded as, and what Midtrans is answered.</param>
/// <param name="Reason">Why it was not applied; null when it was.</param>
/// <param name="Payment">The payment as it is from now on; null when nothing of it changes.</param>
/// <param name="Status">The order's status from now on.</param>
/// <param name="BecamePaid">True when this made the order paid: the customer hears of it.</param>
/// <param name="Check">Whether GET status is to be asked.</param>
public sealed record LedgerDecision(
    EventOutcome Outcome,
    string? Reason,
    PaymentFacts? Payment,
    OrderStatus Status,
    OrderSums Sums,
    bool BecamePaid,
    CheckUrgency Check,
    IReadOnlyList<LedgerAlert> Alerts);

/// <summary>An order's money over all its payments, in whole rupiah.</summary>
/// <param name="Paid">Captured or settled, refunds not subtracted.</param>
/// <param name="PaidAt">When the first of it was paid.</param>
public sealed record OrderSums(long Paid, long Refunded, long ChargedBack, DateTimeOffset? PaidAt);
