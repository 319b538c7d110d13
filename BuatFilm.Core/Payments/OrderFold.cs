using BuatFilm.Core.Orders;

namespace BuatFilm.Core.Payments;

/// <summary>An order's status, from nothing but its payments: whatever the order of arrival, the end is the same.</summary>
public static class OrderFold
{
    public static OrderSums SumsOf(IReadOnlyCollection<PaymentFacts> payments) => new(
        payments.Where(payment => payment.HasPaid).Sum(payment => payment.GrossAmount),
        payments.Where(payment => payment.HasPaid).Sum(payment => payment.RefundedAmount),
        payments.Where(payment => payment.HasPaid).Sum(payment => payment.ChargedBackAmount),
        payments.Where(payment => payment.HasPaid).Min(payment => payment.PaidAt));

    /// <param name="before">What the order was; it stays so while it has no payment.</param>
    /// <param name="payments">The one that changed last stands last.</param>
    /// <param name="sessionLives">True while the customer can still choose another method.</param>
    public static OrderStatus StatusOf(OrderStatus before, IReadOnlyList<PaymentFacts> payments, bool sessionLives)
    {
        ArgumentNullException.ThrowIfNull(payments);

        if (payments.Count == 0)
        {
            return before;
        }

        // A person decides about what does not add up; until then no other rule may hide it.
        if (payments.Any(payment => payment.HoldReason is not null) || IsPaidTwice(payments))
        {
            return OrderStatus.OnHold;
        }

        var sums = SumsOf(payments);
        if (sums.Paid > 0)
        {
            return sums switch
            {
                _ when sums.ChargedBack >= sums.Paid => OrderStatus.ChargedBack,
                { ChargedBack: > 0 } => OrderStatus.PartiallyChargedBack,
                _ when sums.Refunded >= sums.Paid => OrderStatus.Refunded,
                { Refunded: > 0 } => OrderStatus.PartiallyRefunded,
                _ => OrderStatus.Paid,
            };
        }

        if (payments.Any(payment => payment.State == PaymentState.Authorize))
        {
            return OrderStatus.Authorized;
        }

        if (payments.Any(payment => payment.State == PaymentState.Challenge))
        {
            return OrderStatus.Challenge;
        }

        if (payments.Any(payment => payment.State == PaymentState.Pending))
        {
            return OrderStatus.Pending;
        }

        return payments[^1].State switch
        {
            PaymentState.Expire => OrderStatus.Expired,
            PaymentState.Cancel => OrderStatus.Cancelled,

            // A failed attempt never fails the order while another may follow.
            _ when sessionLives => OrderStatus.AwaitingPayment,
            PaymentState.Failure => OrderStatus.Failed,
            _ => OrderStatus.Denied,
        };
    }

    /// <summary>What an order is once its payment page has closed: whoever has not paid by then does not pay any more.</summary>
    /// <param name="before">What it was.</param>
    public static OrderStatus AfterSession(OrderStatus before, IReadOnlyList<PaymentFacts> payments)
    {
        ArgumentNullException.ThrowIfNull(payments);

        return payments.Count == 0 && before is OrderStatus.Queued or OrderStatus.AwaitingPayment
            ? OrderStatus.Expired
            : StatusOf(before, payments, sessionLives: false);
    }

    /// <summary>True when the customer's money was taken twice and not given back.</summary>
    public static bool IsPaidTwice(IReadOnlyCollection<PaymentFacts> payments) =>
        payments.Count(payment => payment.HasPaid && payment.RefundedAmount + payment.ChargedBackAmount < payment.GrossAmount) > 1;
}
