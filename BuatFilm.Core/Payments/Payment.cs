namespace BuatFilm.Core.Payments;

/// <summary>One attempt to pay an order: one Midtrans transaction id.</summary>
public sealed class Payment
{
    public required string OrderId { get; init; }

    public required string TransactionId { get; init; }

    public required string MidtransOrderId { get; init; }

    /// <summary>Midtrans' <c>payment_type</c>, such as <c>bank_transfer</c>.</summary>
    public required string PaymentType { get; init; }

    /// <summary>The bank or store where Midtrans names one.</summary>
    public string? Issuer { get; init; }

    public PaymentState State { get; private set; }

    /// <summary>In whole rupiah, as last notified; a capture may be below the amount that was authorized.</summary>
    public long GrossAmount { get; private set; }

    /// <summary>What a card was held for, in whole rupiah; null unless it was authorized.</summary>
    public long? AuthorizedAmount { get; private set; }

    /// <summary>True once money was captured or settled and not reversed.</summary>
    public bool HasPaid { get; private set; }

    public long RefundedAmount { get; private set; }

    public long ChargedBackAmount { get; private set; }

    /// <summary>True once GET status agreed with <see cref="State"/>.</summary>
    public bool Confirmed { get; private set; }

    /// <summary>Why a person must look at it: the order is on hold while this is set. <c>amount</c>, <c>refuted</c> or <c>unverifiable</c>.</summary>
    public string? HoldReason { get; private set; }

    public DateTimeOffset? PaidAt { get; private set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; private set; }
}
