namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>What became of a call that was to change a payment.</summary>
/// <param name="Payment">As it stands now; null when there is none.</param>
internal readonly record struct BookResult(BookVerdict Verdict, Payment? Payment);

internal enum BookVerdict
{
    Done,

    /// <summary>No payment has that id.</summary>
    UnknownPayment,

    /// <summary>The payment's state or method does not allow it (412).</summary>
    StateForbids,

    /// <summary>More than there is, or a part where only the whole is possible (414).</summary>
    AmountForbids,

    /// <summary>The refund key was used with another amount (406).</summary>
    RefundKeyTaken,
}

/// <summary>What became of a customer's doing on the payment page.</summary>
internal readonly record struct PayResult(PayVerdict Verdict, Payment? Payment);

internal enum PayVerdict
{
    Done,

    /// <summary>No Snap token was ever made for the order.</summary>
    UnknownOrder,

    /// <summary>The order's payment page no longer opens.</summary>
    SessionEnded,

    /// <summary>The order's payments stand where this cannot follow.</summary>
    StateForbids,

    /// <summary>The amount is not positive, or more than there is to give back.</summary>
    AmountForbids,
}
