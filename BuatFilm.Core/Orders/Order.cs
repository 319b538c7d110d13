namespace BuatFilm.Core.Orders;

/// <summary>One purchase in the storefront, and what became of its money.</summary>
/// <remarks>Its status is a fold over its payments; only <c>PaymentLedger</c> decides it.</remarks>
public sealed class Order
{
    /// <summary>The shop's own id, 1 to 40 characters of <c>[A-Za-z0-9._~-]</c>.</summary>
    public required string OrderId { get; init; }

    /// <summary>The storefront that placed it; the name of its API key.</summary>
    public required string Storefront { get; init; }

    public OrderStatus Status { get; private set; }

    /// <summary>What the customer owes, in whole rupiah; from 1.</summary>
    public long GrossAmount { get; init; }

    /// <summary>What was captured or settled so far, in whole rupiah, refunds not subtracted.</summary>
    public long PaidAmount { get; private set; }

    public long RefundedAmount { get; private set; }

    public long ChargedBackAmount { get; private set; }

    public required string CustomerName { get; init; }

    public required string CustomerEmail { get; init; }

    /// <summary>E.164, such as <c>+6281234567890</c>.</summary>
    public required string CustomerPhone { get; init; }

    /// <summary><c>id</c> or <c>en</c>: the language of the customer's messages.</summary>
    public required string Locale { get; init; }

    /// <summary>What the storefront wants to find again, as JSON; null when it sent none.</summary>
    public string? Metadata { get; init; }

    /// <summary>When the payment page closes.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? PaidAt { get; private set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Counts every change; a writer that saw an older one changes nothing.</summary>
    public int Version { get; private set; }

    public ICollection<OrderLine> Lines { get; } = [];
}

/// <summary>One line of an order.</summary>
public sealed class OrderLine
{
    public required string OrderId { get; init; }

    /// <summary>Its place in the order, from 1.</summary>
    public int Position { get; init; }

    public required string ItemId { get; init; }

    public required string Name { get; init; }

    /// <summary>For one piece, in whole rupiah; negative for a discount.</summary>
    public long Price { get; init; }

    public int Quantity { get; init; }
}
