using System.Text.Json;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>One payment attempt: what Midtrans calls a transaction.</summary>
/// <param name="Number">The virtual account, bill key, payment code or reference that the method shows to the customer.</param>
/// <param name="GrossAmount">Whole rupiah; a capture of less than was authorized lowers it.</param>
/// <param name="ChargedBack">Whole rupiah that the customer's bank took back.</param>
internal sealed record Payment(
    string TransactionId,
    string OrderId,
    PaymentMethod Method,
    PaymentState State,
    long GrossAmount,
    string Number,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? SettledAt,
    bool DeniedByFraudCheck,
    long ChargedBack,
    IReadOnlyList<PaymentRefund> Refunds,
    IReadOnlyDictionary<string, JsonElement> Carried)
{
    public long Refunded => Refunds.Sum(refund => refund.Amount);

    /// <summary>What can still be given back.</summary>
    public long Remaining => GrossAmount - Refunded - ChargedBack;

    public Payment Become(PaymentState state, DateTimeOffset now) => this with
    {
        State = state,
        SettledAt = state switch
        {
            PaymentState.Settlement => now,
            PaymentState.PartialRefund or PaymentState.Refund or PaymentState.PartialChargeback or PaymentState.Chargeback => SettledAt ?? now,
            _ => null,
        },
    };
}

/// <summary>Money given back to the customer, wholly or in part.</summary>
/// <param name="Id">Midtrans' own number.</param>
/// <param name="Online">Sent straight to the provider.</param>
/// <param name="ConfirmedAt">When the bank confirmed; null until then.</param>
internal sealed record PaymentRefund(
    string Key,
    long Id,
    string Uuid,
    long Amount,
    string? Reason,
    bool Online,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ConfirmedAt);
