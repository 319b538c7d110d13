using BuatFilm.Core.Orders;

namespace BuatFilm.Core.Payments;

/// <summary>What news of a payment is held against before it is believed.</summary>
public enum NotificationCheck
{
    /// <summary>Made with a server key that is in force today.</summary>
    Signature,

    /// <summary>The order's amount, or one that a fee or a partial capture explains.</summary>
    Amount,
    Currency,
    Merchant,

    /// <summary>The signed code fits the status, which is not signed.</summary>
    StatusCode,
}

public enum CheckResult
{
    Passed,
    Failed,

    /// <summary>There is nothing to compare: the body does not say, or nobody knows what it ought to be.</summary>
    NotSaid,
}

/// <param name="Check">What was looked at.</param>
/// <param name="Result">What was found.</param>
public sealed record CheckedFact(NotificationCheck Check, CheckResult Result);

/// <summary>The checks of one stored event, made again for a person who wants to know why it was or was not believed.</summary>
public static class NotificationChecks
{
    /// <param name="isAnswer">True for an answer of GET status, which needs no signature and uses other codes.</param>
    /// <param name="orderAmount">Whole rupiah; null while no order is known.</param>
    /// <param name="authorizedAmount">What a card was held for; null unless it was.</param>
    /// <param name="merchantId">Ours; null when any is accepted.</param>
    /// <param name="serverKeys">Those that are in force.</param>
    public static IReadOnlyList<CheckedFact> Of(MidtransNotification news, bool isAnswer, long? orderAmount, long? authorizedAmount, string? merchantId, params IEnumerable<string?> serverKeys)
    {
        ArgumentNullException.ThrowIfNull(news);

        return
        [
            new(NotificationCheck.Signature, isAnswer ? CheckResult.NotSaid : Of(MidtransSignature.IsValid(news.OrderId, news.StatusCode, news.GrossAmount, news.SignatureKey, serverKeys))),
            new(NotificationCheck.Amount, orderAmount is { } gross ? Of(Rupiah.TryParseMidtrans(news.GrossAmount, out var amount) && PaymentLedger.AmountFits(amount, news, gross, authorizedAmount)) : CheckResult.NotSaid),
            new(NotificationCheck.Currency, news.Currency is { } currency ? Of(currency == "IDR") : CheckResult.NotSaid),
            new(NotificationCheck.Merchant, news.MerchantId is { } told && merchantId is not null ? Of(string.Equals(told, merchantId, StringComparison.Ordinal)) : CheckResult.NotSaid),
            new(NotificationCheck.StatusCode, isAnswer || news.State is null ? CheckResult.NotSaid : Of(news.StatusCodeFits)),
        ];
    }

    private static CheckResult Of(bool passed) => passed ? CheckResult.Passed : CheckResult.Failed;
}
