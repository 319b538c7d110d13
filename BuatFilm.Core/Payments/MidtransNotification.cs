using System.Globalization;
using System.Text.Json;
using BuatFilm.Core.Orders;

namespace BuatFilm.Core.Payments;

/// <summary>What Midtrans says of one payment: a notification's body or an answer of GET status.</summary>
/// <remarks>Read leniently: new members appear without notice, and what is text today may be a number tomorrow.</remarks>
public sealed record MidtransNotification
{
    /// <summary>Longer than any value that Midtrans documents; what is longer is not Midtrans' word.</summary>
    private const int MaxLength = 255;

    public required string OrderId { get; init; }

    public required string TransactionId { get; init; }

    /// <summary>In lower case: some methods answer <c>PENDING</c>.</summary>
    public required string TransactionStatus { get; init; }

    public required string StatusCode { get; init; }

    /// <summary>The text as it stands in the body; the signature is over it.</summary>
    public required string GrossAmount { get; init; }

    public required string PaymentType { get; init; }

    public string? SignatureKey { get; init; }

    /// <summary>In lower case; null where the method knows none.</summary>
    public string? FraudStatus { get; init; }

    public string? MerchantId { get; init; }

    public string? Currency { get; init; }

    /// <summary>The bank or store, where the body names one.</summary>
    public string? Issuer { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    public DateTimeOffset? TransactionAt { get; init; }

    /// <summary>The amount before a fee that the customer bears; null without such a fee.</summary>
    public Rupiah? AmountBeforeFee { get; init; }

    /// <summary>Refunds and chargebacks so far, oldest first.</summary>
    public IReadOnlyList<MidtransRefund> Refunds { get; init; } = [];

    /// <summary>All that was given back so far; null when the body does not say.</summary>
    public Rupiah? RefundAmount { get; init; }

    /// <summary>The same as it stands in the body; the event key is over it.</summary>
    public string? RefundAmountText { get; init; }

    /// <summary>The state that this puts the payment in; null for a status that is not known here.</summary>
    public PaymentState? State => StateOf(TransactionStatus, FraudStatus);


    /// <summary>True when the signed status code fits the unsigned transaction status, as a notification's does.</summary>
    /// <remarks>An answer of GET status uses other codes (an expiry is 407 there), so this is not for answers.</remarks>
    public bool StatusCodeFits => State switch
    {
        PaymentState.Pending or PaymentState.Challenge => StatusCode == "201",
        PaymentState.Authorize or PaymentState.Capture or PaymentState.Settlement => StatusCode == "200",
        PaymentState.Refund or PaymentState.PartialRefund or PaymentState.Chargeback or PaymentState.PartialChargeback => StatusCode == "200",
        PaymentState.Deny or PaymentState.Cancel or PaymentState.Expire or PaymentState.Failure => StatusCode == "202",
        PaymentState.New or null => false,
    };

    /// <param name="transactionStatus">In lower case, as is <paramref name="fraudStatus"/>.</param>
    /// <returns>Null for a status that is not known here.</returns>
    public static PaymentState? StateOf(string transactionStatus, string? fraudStatus) => transactionStatus switch
    {
        "pending" => PaymentState.Pending,
        "authorize" => fraudStatus == "challenge" ? PaymentState.Challenge : PaymentState.Authorize,
        "capture" => fraudStatus switch
        {
            "challenge" => PaymentState.Challenge,
            "deny" => PaymentState.Deny,
            _ => PaymentState.Capture,
        },
        "settlement" => PaymentState.Settlement,
        "deny" => PaymentState.Deny,
        "cancel" => PaymentState.Cancel,
        "expire" => PaymentState.Expire,
        "failure" => PaymentState.Failure,
        "partial_refund" => PaymentState.PartialRefund,
        "refund" => PaymentState.Refund,
        "partial_chargeback" => PaymentState.PartialChargeback,
        "chargeback" => PaymentState.Chargeback,
        _ => null,
    };

    /// <summary>Reads a body that was found to be a JSON object.</summary>
    /// <returns>False when a member that every notification has is missing, empty, of another kind or far too long.</returns>
    public static bool TryRead(JsonElement body, out MidtransNotification notification)
    {
        notification = null!;
        if (body.ValueKind != JsonValueKind.Object
            || Text(body, "order_id") is not { } orderId
            || Text(body, "transaction_id") is not { } transactionId
            || Text(body, "transaction_status") is not { } transactionStatus
            || Text(body, "status_code") is not { } statusCode
            || Text(body, "gross_amount") is not { } grossAmount)
        {
            return false;
        }

        notification = new MidtransNotification
        {
            OrderId = orderId,
            TransactionId = transactionId,
            TransactionStatus = transactionStatus.ToLowerInvariant(),
            StatusCode = statusCode,
            GrossAmount = grossAmount,
            PaymentType = Text(body, "payment_type") ?? "unknown",
            SignatureKey = Text(body, "signature_key"),
            FraudStatus = Text(body, "fraud_status")?.ToLowerInvariant(),
            MerchantId = Text(body, "merchant_id"),
            Currency = Text(body, "currency"),
            Issuer = ReadIssuer(body),
            SettledAt = WibTime.TryParse(Text(body, "settlement_time")),
            TransactionAt = WibTime.TryParse(Text(body, "transaction_time")),
            AmountBeforeFee = ReadAmountBeforeFee(body),
            Refunds = ReadRefunds(body),
            RefundAmountText = Text(body, "refund_amount"),
            RefundAmount = Rupiah.TryParseMidtrans(Text(body, "refund_amount"), out var refunded) ? refunded : null,
        };
        return true;
    }

    /// <summary>All that was given back, in whole rupiah, as far as this body tells; the whole amount for a full refund that names none.</summary>
    public long GivenBack(long paidAmount)
    {
        // Refunds under one key are one refund, told again once the bank has confirmed it.
        var listed = Refunds.Where(refund => refund.Key is not null).GroupBy(refund => refund.Key, StringComparer.Ordinal).Sum(same => same.Max(refund => refund.Amount.Amount))
            + Refunds.Where(refund => refund.Key is null).Sum(refund => refund.Amount.Amount);
        var told = Math.Max(listed, RefundAmount?.Amount ?? 0);

        return told > 0 ? told : State is PaymentState.Refund or PaymentState.Chargeback ? paidAmount : 0;
    }

    private static string? Text(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var member))
        {
            return null;
        }

        var text = member.ValueKind switch
        {
            JsonValueKind.String => member.GetString(),
            JsonValueKind.Number => member.GetRawText(),
            _ => null,
        };

        return text is { Length: > 0 and <= MaxLength } ? text : null;
    }

    private static string? ReadIssuer(JsonElement body)
    {
        if (body.TryGetProperty("va_numbers", out var numbers) && numbers.ValueKind == JsonValueKind.Array && numbers.GetArrayLength() > 0
            && numbers[0].ValueKind == JsonValueKind.Object && Text(numbers[0], "bank") is { } bank)
        {
            return bank;
        }

        // Permata has no va_numbers; its own member names it.
        return Text(body, "permata_va_number") is not null ? "permata" : Text(body, "store") ?? Text(body, "bank") ?? Text(body, "acquirer");
    }

    private static Rupiah? ReadAmountBeforeFee(JsonElement body) =>
        body.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty("extra_info", out var extra) && extra.ValueKind == JsonValueKind.Object
        && extra.TryGetProperty("gross_amount_info", out var info) && info.ValueKind == JsonValueKind.Object
        && Rupiah.TryParseMidtrans(Text(info, "original_amount"), out var original)
            ? original
            : null;

    private static List<MidtransRefund> ReadRefunds(JsonElement body)
    {
        var refunds = new List<MidtransRefund>();
        if (body.TryGetProperty("refunds", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in list.EnumerateArray().Take(200))
            {
                if (entry.ValueKind == JsonValueKind.Object && Text(entry, "refund_amount") is { } text && Rupiah.TryParseMidtrans(text, out var amount))
                {
                    refunds.Add(new MidtransRefund(Text(entry, "refund_key"), text, amount, Text(entry, "bank_confirmed_at") is not null));
                }
            }
        }

        return refunds;
    }
}

/// <summary>One refund or chargeback of a payment.</summary>
/// <param name="Key">The merchant's name for it; null for a chargeback.</param>
/// <param name="AmountText">As it stands in the body; the event key is over it.</param>
public sealed record MidtransRefund(string? Key, string AmountText, Rupiah Amount, bool BankConfirmed);

/// <summary>Midtrans' times: Western Indonesian Time, UTC+7, written without the offset.</summary>
public static class WibTime
{
    /// <summary>Indonesia has no summer time, so the offset is fixed and needs no time-zone data.</summary>
    public static readonly TimeSpan Offset = TimeSpan.FromHours(7);

    /// <returns>The instant in UTC, or null for what is not <c>yyyy-MM-dd HH:mm:ss</c>.</returns>
    public static DateTimeOffset? TryParse(string? text) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
        && local.Year is > 2000 and < 2200
            ? new DateTimeOffset(local, Offset).ToUniversalTime()
            : null;
}
