namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>Midtrans' <c>payment_type</c> as customers call it.</summary>
internal static class PaymentMethodName
{
    public static string Of(string paymentType, EmailTexts texts) => paymentType switch
    {
        "credit_card" => texts[EmailText.MethodCard],
        "bank_transfer" => texts[EmailText.MethodBankTransfer],
        "echannel" => texts[EmailText.MethodMandiriBill],
        "cstore" => texts[EmailText.MethodStore],
        "bca_klikpay" or "bca_klikbca" or "cimb_clicks" or "danamon_online" or "bri_epay" => texts[EmailText.MethodInternetBanking],
        "gopay" => "GoPay",
        "qris" => "QRIS",
        "shopeepay" => "ShopeePay",
        "ovo" => "OVO",
        "dana" => "DANA",
        "akulaku" => "Akulaku",
        "kredivo" => "Kredivo",

        // A method newer than this list: its own name is better than none.
        _ => CustomerText.Clean(paymentType.Replace('_', ' '), 40),
    };
}
