using System.Security.Cryptography;
using System.Text;
using BuatFilm.Core.Payments;

namespace BuatFilm.Core.Webhooks;

/// <summary>The identity of an event: the same news has the same key, however often and by whichever way it comes.</summary>
/// <remarks>
/// The transaction id alone would swallow the settlement after the pending. The status code stays out: an expiry is
/// 202 in a notification and 407 in an answer of GET status.
/// </remarks>
public static class EventKey
{
    /// <returns>32 bytes.</returns>
    public static byte[] Of(MidtransNotification news)
    {
        ArgumentNullException.ThrowIfNull(news);
        return SHA256.HashData(Encoding.UTF8.GetBytes(SourceOf(news)));
    }

    /// <summary>The key of the same event told of another order: the transaction id is not signed, so a forger can take another's.</summary>
    public static byte[] OfRival(MidtransNotification news)
    {
        ArgumentNullException.ThrowIfNull(news);
        return SHA256.HashData(Encoding.UTF8.GetBytes($"{SourceOf(news)}|{news.OrderId}"));
    }

    internal static string SourceOf(MidtransNotification news) =>
        $"{news.TransactionId}|{news.TransactionStatus}|{news.FraudStatus ?? "-"}|{RefundFingerprint(news)}";

    private static string RefundFingerprint(MidtransNotification news)
    {
        if (news.State is not (PaymentState.Refund or PaymentState.PartialRefund or PaymentState.Chargeback or PaymentState.PartialChargeback))
        {
            return "-";
        }

        if (news.Refunds.Count > 0)
        {
            return string.Join(';', news.Refunds.Select(refund => $"{refund.Key ?? "?"}={refund.AmountText}{(refund.BankConfirmed ? "+bank" : string.Empty)}"));
        }

        return news.RefundAmountText is { } amount ? $"?={amount}" : "-";
    }
}
