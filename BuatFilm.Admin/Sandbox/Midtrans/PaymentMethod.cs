namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>How a customer pays.</summary>
/// <param name="Type">Midtrans' <c>payment_type</c>.</param>
/// <param name="Provider">The bank of a transfer, the store of an over-the-counter payment; else null.</param>
internal sealed record PaymentMethod(string Type, string? Provider)
{
    private static readonly string[] Plain =
        ["credit_card", "gopay", "qris", "shopeepay", "echannel", "akulaku", "kredivo", "dana", "ovo"];

    private static readonly string[] Banks = ["bca", "bni", "bri", "cimb", "permata"];

    private static readonly string[] Stores = ["indomaret", "alfamart"];

    private static readonly string[] Refundable =
        ["credit_card", "gopay", "shopeepay", "dana", "ovo", "qris", "kredivo", "akulaku"];

    public bool IsCard => Type == "credit_card";

    /// <summary>Midtrans pays back by itself; transfers and stores must be paid back by hand.</summary>
    public bool MayBeRefunded => Refundable.Contains(Type);

    public bool MayBePartlyRefunded => MayBeRefunded && Type is not ("shopeepay" or "ovo");

    /// <summary>The provider may take a settled payment back within minutes.</summary>
    public bool MayBeReversed => Type == "echannel" || Provider is "permata" or "indomaret";

    /// <summary>How long the customer has to pay.</summary>
    public TimeSpan Lifetime => Type switch
    {
        "credit_card" => TimeSpan.FromMinutes(10),
        "gopay" or "qris" or "shopeepay" or "dana" or "ovo" => TimeSpan.FromMinutes(15),
        "akulaku" => TimeSpan.FromHours(2),
        _ => TimeSpan.FromHours(24),
    };

    /// <summary>The method as named in a request; null when Midtrans has no such one.</summary>
    /// <param name="bank">Defaults to bca for transfers.</param>
    /// <param name="store">Defaults to indomaret for stores.</param>
    public static PaymentMethod? Find(string? type, string? bank, string? store)
    {
        if (type == "bank_transfer")
        {
            var chosen = bank ?? "bca";
            return Banks.Contains(chosen) ? new PaymentMethod(type, chosen) : null;
        }

        if (type == "cstore")
        {
            var chosen = store ?? "indomaret";
            return Stores.Contains(chosen) ? new PaymentMethod(type, chosen) : null;
        }

        return type is not null && Plain.Contains(type) ? new PaymentMethod(type, Provider: null) : null;
    }
}
