using System.Collections.Frozen;

namespace BuatFilm.Core.Payments;

/// <summary>What to do when a payment in one state is said to be in another.</summary>
public enum Transition
{
    /// <summary>Apply it.</summary>
    Apply,

    /// <summary>The same state again.</summary>
    Duplicate,

    /// <summary>The same state with more in it, such as a further partial refund: apply the difference.</summary>
    Extend,

    /// <summary>Late or senseless: keep it, change nothing.</summary>
    Stale,

    /// <summary>Unusual: ask GET status, then do what that says.</summary>
    Verify,

    /// <summary>A settlement taken back, which Permata, Mandiri bill and Indomaret do within minutes.</summary>
    Reverse,
}

/// <summary>The legal moves of one payment, derived from the life cycles that Midtrans documents.</summary>
public static class PaymentTransitions
{
    // Columns in the order of PaymentState from Pending on; rows in its order from New on.
    // pending authorize challenge capture settlement deny cancel expire failure partial_refund refund partial_chargeback chargeback
    private static readonly FrozenDictionary<PaymentState, string> Table = new Dictionary<PaymentState, string>
    {
        [PaymentState.New] = "AAAAAAAAAVVVV",
        [PaymentState.Pending] = "DAAAAAAAAVVVV",
        [PaymentState.Authorize] = "SDAAAVAAVVVVV",
        [PaymentState.Challenge] = "SSDAAAAVVVVVV",
        [PaymentState.Capture] = "SSSDAVASVVVVV",
        [PaymentState.Settlement] = "SSSSDRVSVAAAA",
        [PaymentState.Deny] = "SVVVVDSSSVVVV",
        [PaymentState.Cancel] = "SSSVVSDSSVVVV",
        [PaymentState.Expire] = "SVVVVSSDSVVVV",
        [PaymentState.Failure] = "VVVVVSSSDVVVV",
        [PaymentState.PartialRefund] = "SSSSSVSSSEAVA",
        [PaymentState.Refund] = "SSSSSVSSSSEVV",
        [PaymentState.PartialChargeback] = "SSSSVVSSSVVEA",
        [PaymentState.Chargeback] = "SSSSVSSSSSSSE",
    }.ToFrozenDictionary();

    /// <param name="current">Where the payment stands; <see cref="PaymentState.New"/> when nothing was heard of it.</param>
    /// <param name="incoming">Where it is said to be; not <see cref="PaymentState.New"/>.</param>
    public static Transition Of(PaymentState current, PaymentState incoming)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(incoming, PaymentState.New);

        return Table[current][(int)incoming - 1] switch
        {
            'A' => Transition.Apply,
            'D' => Transition.Duplicate,
            'E' => Transition.Extend,
            'S' => Transition.Stale,
            'R' => Transition.Reverse,
            _ => Transition.Verify,
        };
    }

    /// <summary>True for the methods whose settlements Midtrans documents as taken back within minutes.</summary>
    public static bool MayReverse(string paymentType, string? issuer) =>
        paymentType == "echannel"
        || (paymentType == "bank_transfer" && string.Equals(issuer, "permata", StringComparison.OrdinalIgnoreCase))
        || (paymentType == "cstore" && string.Equals(issuer, "indomaret", StringComparison.OrdinalIgnoreCase));
}
