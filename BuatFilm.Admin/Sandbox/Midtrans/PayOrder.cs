namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>What a customer, or the customer's bank, does about an order.</summary>
/// <param name="OrderId">The shop's order id.</param>
/// <param name="AnyProvider">True when the caller named no bank or store: any one continues.</param>
/// <param name="Amount">Whole rupiah; null takes what is natural for the outcome.</param>
internal sealed record PayOrder(string OrderId, PaymentMethod Method, bool AnyProvider, PaymentState Outcome, long? Amount)
{
    public bool Fits(Payment payment) => AnyProvider ? payment.Method.Type == Method.Type : payment.Method == Method;
}
