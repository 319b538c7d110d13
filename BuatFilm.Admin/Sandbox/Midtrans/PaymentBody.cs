using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>Writes a payment the way Midtrans does, in notifications and in answers.</summary>
internal sealed class PaymentBody(string serverKey, string merchantId)
{
    private static readonly TimeSpan Wib = TimeSpan.FromHours(7);

    /// <summary>The body that is posted to the merchant.</summary>
    public JsonObject Notification(Payment payment) =>
        Write(payment, payment.State.NotificationCode(), "midtrans payment notification");

    /// <summary>The answer to GET status.</summary>
    public JsonObject Status(Payment payment) =>
        Write(payment, payment.State.StatusCode(), "Success, transaction is found");

    /// <summary>The answer to a call that changed the payment.</summary>
    /// <param name="message">Midtrans' sentence for the call.</param>
    public JsonObject Done(Payment payment, string message) =>
        Write(payment, payment.State == PaymentState.Expire ? "407" : "200", message);

    /// <summary>Whole rupiah as Midtrans writes them: <c>450000.00</c>.</summary>
    public static string Amount(long rupiah) => rupiah.ToString(CultureInfo.InvariantCulture) + ".00";

    /// <summary>An instant as Midtrans writes it: WIB, without saying so.</summary>
    public static string Time(DateTimeOffset at) => at.ToOffset(Wib).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private JsonObject Write(Payment payment, string statusCode, string message)
    {
        var grossAmount = Amount(payment.GrossAmount);
        var fields = new SortedDictionary<string, JsonNode?>(Comparer<string>.Create((left, right) => string.CompareOrdinal(right, left)))
        {
            ["transaction_time"] = Time(payment.CreatedAt),
            ["transaction_status"] = payment.State.WireName(),
            ["transaction_id"] = payment.TransactionId,
            ["status_message"] = message,
            ["status_code"] = statusCode,
            ["signature_key"] = MidtransSignature.Of(payment.OrderId, statusCode, grossAmount, serverKey),
            ["payment_type"] = payment.Method.Type,
            ["order_id"] = payment.OrderId,
            ["merchant_id"] = merchantId,
            ["gross_amount"] = grossAmount,
            ["currency"] = "IDR",
        };

        foreach (var (name, value) in payment.Carried)
        {
            fields[name] = JsonSerializer.SerializeToNode(value);
        }

        AddFraudStatus(fields, payment);
        AddTimes(fields, payment);
        AddMethod(fields, payment);
        AddGivenBack(fields, payment);

        return new JsonObject(fields);
    }

    private static void AddFraudStatus(SortedDictionary<string, JsonNode?> fields, Payment payment)
    {
        if (payment.Method.Provider == "indomaret")
        {
            return;
        }

        fields["fraud_status"] = payment.State == PaymentState.Challenge ? "challenge" : payment.DeniedByFraudCheck ? "deny" : "accept";
    }

    private static void AddTimes(SortedDictionary<string, JsonNode?> fields, Payment payment)
    {
        if (payment.SettledAt is { } settledAt)
        {
            fields["settlement_time"] = Time(settledAt);
        }

        var isTold = payment.State switch
        {
            PaymentState.Pending or PaymentState.Authorize or PaymentState.Expire => payment.Method.Type != "akulaku",
            PaymentState.Capture => payment.Method.IsCard,
            PaymentState.Settlement => payment.Method is { Type: "gopay" or "qris" or "shopeepay" } or { Provider: "bca" },
            _ => false,
        };
        if (isTold)
        {
            fields["expiry_time"] = Time(payment.ExpiresAt);
        }
    }

    private static void AddMethod(SortedDictionary<string, JsonNode?> fields, Payment payment)
    {
        switch (payment.Method)
        {
            case { Type: "credit_card" }:
                AddCard(fields, payment);
                break;

            case { Type: "gopay" } when payment.State.IsPaid():
                fields["payment_option_type"] = "GOPAY_WALLET";
                break;

            case { Type: "qris" }:
                AddQris(fields, payment);
                break;

            case { Type: "shopeepay" } when payment.State.IsPaid():
                fields["shopeepay_reference_number"] = payment.Number;
                fields["reference_id"] = payment.Number;
                break;

            case { Type: "bank_transfer", Provider: "permata" }:
                fields["permata_va_number"] = payment.Number;
                break;

            case { Type: "bank_transfer" }:
                AddVirtualAccount(fields, payment);
                break;

            case { Type: "echannel" }:
                fields["biller_code"] = "70012";
                fields["bill_key"] = payment.Number;
                break;

            case { Type: "cstore" }:
                fields["store"] = payment.Method.Provider;
                fields["payment_code"] = payment.Number;
                if (payment.Method.Provider == "indomaret" && payment.State.IsPaid())
                {
                    fields["approval_code"] = "59" + payment.Number;
                }

                break;
        }
    }

    private static void AddCard(SortedDictionary<string, JsonNode?> fields, Payment payment)
    {
        fields["masked_card"] = "48111111-1114";
        fields["card_type"] = "credit";
        fields["bank"] = "bni";

        if (payment.State is PaymentState.Pending or PaymentState.Expire or PaymentState.Failure)
        {
            return;
        }

        if (payment.State == PaymentState.Deny)
        {
            fields["eci"] = payment.DeniedByFraudCheck ? "06" : "02";
            if (!payment.DeniedByFraudCheck)
            {
                fields["channel_response_code"] = "51";
                fields["channel_response_message"] = "Insufficient Funds";
            }

            return;
        }

        fields["eci"] = "05";
        fields["approval_code"] = payment.Number;
        if (payment.State != PaymentState.Cancel)
        {
            fields["channel_response_code"] = "00";
            fields["channel_response_message"] = "Approved";
        }

        if (payment.State is PaymentState.Capture or PaymentState.Settlement)
        {
            fields["three_ds_version"] = "2";
            fields["challenge_completion"] = true;
        }
        else if (payment.State == PaymentState.Authorize)
        {
            fields["on_us"] = false;
        }
    }

    private static void AddQris(SortedDictionary<string, JsonNode?> fields, Payment payment)
    {
        fields["acquirer"] = "gopay";
        if (payment.State != PaymentState.Deny)
        {
            fields["transaction_type"] = "off-us";
        }

        if (payment.State.IsPaid())
        {
            fields["issuer"] = "Bank Contoh";
            fields["reference_id"] = payment.Number;
            fields["merchant_cross_reference_id"] = payment.TransactionId;
        }
    }

    private static void AddVirtualAccount(SortedDictionary<string, JsonNode?> fields, Payment payment)
    {
        fields["va_numbers"] = new JsonArray(new JsonObject
        {
            ["va_number"] = payment.Number,
            ["bank"] = payment.Method.Provider,
        });

        var told = payment.Method.Provider == "bni" && payment.SettledAt is not null;
        fields["payment_amounts"] = told
            ? new JsonArray(new JsonObject
            {
                ["paid_at"] = Time(payment.SettledAt!.Value),
                ["amount"] = Amount(payment.GrossAmount),
            })
            : new JsonArray();
    }

    private static void AddGivenBack(SortedDictionary<string, JsonNode?> fields, Payment payment)
    {
        if (!payment.State.GivesBack())
        {
            return;
        }

        var chargedBack = payment.State is PaymentState.PartialChargeback or PaymentState.Chargeback;
        fields["refund_amount"] = Amount(chargedBack ? payment.ChargedBack : payment.Refunded);

        if (payment.Refunds.Count > 0)
        {
            fields["refunds"] = new JsonArray([.. payment.Refunds.Select(WriteRefund)]);
        }
    }

    private static JsonNode WriteRefund(PaymentRefund refund)
    {
        var written = new JsonObject
        {
            ["refund_key"] = refund.Key,
            ["refund_chargeback_uuid"] = refund.Uuid,
            ["refund_chargeback_id"] = refund.Id,
            ["refund_amount"] = Amount(refund.Amount),
            ["created_at"] = Time(refund.CreatedAt),
        };

        if (refund.Reason is { } reason)
        {
            written["reason"] = reason;
        }

        if (refund.ConfirmedAt is { } confirmedAt)
        {
            written["refund_method"] = refund.Online ? "online" : "offline";
            written["bank_confirmed_at"] = Time(confirmedAt);
        }

        return written;
    }
}
