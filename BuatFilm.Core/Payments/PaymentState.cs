namespace BuatFilm.Core.Payments;

/// <summary>The state of one payment (one Midtrans transaction id), named as Midtrans names it.</summary>
public enum PaymentState
{
    /// <summary>Nothing was heard of it yet.</summary>
    New,
    Pending,
    Authorize,

    /// <summary>Captured or authorized with <c>fraud_status: challenge</c>.</summary>
    Challenge,
    Capture,
    Settlement,
    Deny,
    Cancel,
    Expire,
    Failure,
    PartialRefund,
    Refund,
    PartialChargeback,
    Chargeback,
}
