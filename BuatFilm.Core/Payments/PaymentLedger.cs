using BuatFilm.Core.Alerts;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Webhooks;

namespace BuatFilm.Core.Payments;

/// <summary>Decides what one piece of news does to an order.</summary>
/// <remarks>
/// A notification's signature proves the order id, the status code and the amount, nothing else. So a plain payment
/// that fits all three is applied at once and confirmed afterwards; every other move of money waits for GET status.
/// </remarks>
public static class PaymentLedger
{
    /// <param name="merchantId">Ours; null to accept any.</param>
    /// <param name="verified">True for an answer of GET status, which came from Midtrans itself.</param>
    public static LedgerDecision Decide(OrderFacts order, MidtransNotification news, string? merchantId, bool verified, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(news);

        if (news.State is not { } incoming)
        {
            return Unchanged(order, EventOutcome.Unsupported, "unknown_status");
        }

        if (merchantId is not null && news.MerchantId is not null && !string.Equals(news.MerchantId, merchantId, StringComparison.Ordinal))
        {
            return Unchanged(order, EventOutcome.Mismatch, "merchant") with { Alerts = [new("notification_mismatch", AlertSeverity.Warning)] };
        }

        if (news.Currency is not null and not "IDR")
        {
            return Unchanged(order, EventOutcome.Mismatch, "currency") with { Alerts = [new("notification_mismatch", AlertSeverity.Warning)] };
        }

        var payment = order.Payments.FirstOrDefault(known => string.Equals(known.TransactionId, news.TransactionId, StringComparison.Ordinal));

        if (!verified && !news.StatusCodeFits)
        {
            return Unchanged(order, EventOutcome.PendingVerification, "status_code") with { Check = CheckUrgency.Now };
        }

        if (!Rupiah.TryParseMidtrans(news.GrossAmount, out var amount) || !AmountFits(amount, news, order.GrossAmount, payment?.AuthorizedAmount))
        {
            return Mismatched(order, payment, news, incoming, amount, now);
        }

        // What is on hold for its amount proves nothing: the news starts afresh.
        var current = payment is null or { HoldReason: HoldReasons.Amount } ? PaymentState.New : payment.State;
        var transition = PaymentTransitions.Of(current, incoming);

        switch (transition)
        {
            case Transition.Duplicate when verified && payment is not null:
                return Applied(order, payment with { Confirmed = true, HoldReason = null }, EventOutcome.Applied, now);
            case Transition.Duplicate:
                return Unchanged(order, EventOutcome.Duplicate, "same_state");
            case Transition.Stale:
                return WithMilestone(order, payment, news, amount, now);
        }

        if (!verified && NeedsVerification(transition, current, incoming, payment, amount, order) is { } reason)
        {
            return Unchanged(order, EventOutcome.PendingVerification, reason) with { Check = CheckUrgency.Now };
        }

        var moved = Moved(payment, news, incoming, amount, verified, now);
        var decision = Applied(order, moved, EventOutcome.Applied, now);

        return decision with { Check = !verified && Pays(incoming) ? CheckUrgency.Confirm : CheckUrgency.None };
    }

    /// <summary>Takes back what was applied, because GET status says otherwise: a person must look.</summary>
    /// <param name="truth">The state that GET status gave; null when it knows no such payment.</param>
    /// <param name="reason">One of <see cref="HoldReasons"/>.</param>
    public static LedgerDecision Refute(OrderFacts order, PaymentFacts payment, PaymentState? truth, string reason, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(payment);

        var held = payment with
        {
            State = truth ?? payment.State,
            HasPaid = truth is { } state ? Pays(state) || GivesBack(state) : payment.HasPaid,
            Confirmed = truth is not null,
            HoldReason = reason,
        };

        return Applied(order, held, EventOutcome.Refuted, now) with { Alerts = [new("payment_refuted", AlertSeverity.Critical)] };
    }

    /// <summary>True when GET status' answer is the news, or what follows lawfully from it.</summary>
    public static bool Agrees(PaymentState told, PaymentState truth, string paymentType, string? issuer) =>
        (Pays(told) && Pays(truth)) || PaymentTransitions.Of(told, truth) switch
        {
            Transition.Apply or Transition.Duplicate or Transition.Extend => true,
            Transition.Reverse => PaymentTransitions.MayReverse(paymentType, issuer),
            Transition.Stale or Transition.Verify => false,
        };

    private static string? NeedsVerification(Transition transition, PaymentState current, PaymentState incoming, PaymentFacts? payment, Rupiah amount, OrderFacts order)
    {
        if (transition != Transition.Apply)
        {
            return transition switch
            {
                Transition.Reverse => "reversal",
                Transition.Extend => "money_back",
                _ => "unusual",
            };
        }

        // Midtrans has contradicted such news before; it does not get a second advance.
        if (payment is { HoldReason: HoldReasons.Refuted or HoldReasons.Unverifiable })
        {
            return "refuted_before";
        }

        if (GivesBack(incoming) || (payment is { HasPaid: true } && !Pays(incoming)))
        {
            return "money_back";
        }

        if (Pays(incoming) && current == PaymentState.Authorize)
        {
            return "capture_after_authorize";
        }

        // Another amount than the order's passed only because of members that nobody signed.
        return amount.Amount != order.GrossAmount ? "amount_explained" : null;
    }

    /// <summary>True for the order's own amount, and for another that a fee of the customer's or a capture below what the card was held for explains.</summary>
    /// <param name="orderAmount">Whole rupiah.</param>
    /// <param name="authorizedAmount">What the card was held for; null unless it was.</param>
    public static bool AmountFits(Rupiah amount, MidtransNotification news, long orderAmount, long? authorizedAmount)
    {
        ArgumentNullException.ThrowIfNull(news);

        return amount.Amount == orderAmount
            || (news.AmountBeforeFee is { } beforeFee && beforeFee.Amount == orderAmount && amount > beforeFee)
            || (authorizedAmount == orderAmount && amount.Amount < orderAmount && amount.Amount > 0);
    }

    private static LedgerDecision Mismatched(OrderFacts order, PaymentFacts? payment, MidtransNotification news, PaymentState incoming, Rupiah amount, DateTimeOffset now)
    {
        LedgerAlert[] alerts = [new("amount_mismatch", AlertSeverity.Critical)];

        // Only money that was taken puts the order on hold, and never over a payment that is in order.
        if (!Pays(incoming) || payment is { HasPaid: true, HoldReason: null })
        {
            return Unchanged(order, EventOutcome.Mismatch, "amount") with { Alerts = alerts };
        }

        var held = Moved(payment, news, incoming, amount, verified: false, now) with { HasPaid = false, PaidAt = null, HoldReason = HoldReasons.Amount };
        return Applied(order, held, EventOutcome.Mismatch, now) with { Reason = "amount", Alerts = alerts, BecamePaid = false };
    }

    /// <summary>A late milestone: it moves nothing back, but that a card was held for the whole amount makes a smaller capture legal.</summary>
    private static LedgerDecision WithMilestone(OrderFacts order, PaymentFacts? payment, MidtransNotification news, Rupiah amount, DateTimeOffset now)
    {
        if (payment is not { AuthorizedAmount: null } || news.TransactionStatus != "authorize")
        {
            return Unchanged(order, EventOutcome.IgnoredStale, null);
        }

        return Applied(order, payment with { AuthorizedAmount = amount.Amount }, EventOutcome.IgnoredStale, now) with { Alerts = [] };
    }

    private static PaymentFacts Moved(PaymentFacts? payment, MidtransNotification news, PaymentState incoming, Rupiah amount, bool verified, DateTimeOffset now)
    {
        var before = payment ?? new PaymentFacts(news.TransactionId, news.OrderId, news.PaymentType, news.Issuer, PaymentState.New, amount.Amount, null, false, 0, 0, false, null, null);
        var paid = Pays(incoming) || GivesBack(incoming);
        var gross = GivesBack(incoming) && before.HasPaid ? before.GrossAmount : amount.Amount;
        var givenBack = Math.Min(news.GivenBack(gross), gross);
        var paidAt = news.SettledAt ?? news.TransactionAt ?? now;

        return before with
        {
            State = incoming,
            Issuer = before.Issuer ?? news.Issuer,
            GrossAmount = gross,
            AuthorizedAmount = news.TransactionStatus == "authorize" ? amount.Amount : before.AuthorizedAmount,
            HasPaid = paid,
            RefundedAmount = incoming is PaymentState.Refund or PaymentState.PartialRefund ? Math.Max(before.RefundedAmount, givenBack) : before.RefundedAmount,
            ChargedBackAmount = incoming is PaymentState.Chargeback or PaymentState.PartialChargeback ? Math.Max(before.ChargedBackAmount, givenBack) : before.ChargedBackAmount,
            Confirmed = verified,
            HoldReason = null,
            PaidAt = !paid ? null : before.PaidAt ?? (paidAt < now ? paidAt : now),
        };
    }

    private static LedgerDecision Applied(OrderFacts order, PaymentFacts payment, EventOutcome outcome, DateTimeOffset now)
    {
        List<PaymentFacts> payments = [.. order.Payments.Where(known => !string.Equals(known.TransactionId, payment.TransactionId, StringComparison.Ordinal)), payment];
        var status = OrderFold.StatusOf(order.Status, payments, sessionLives: now < order.ExpiresAt);
        var becamePaid = status == OrderStatus.Paid && order.Status != OrderStatus.Paid;

        return new LedgerDecision(outcome, null, payment, status, OrderFold.SumsOf(payments), becamePaid, CheckUrgency.None, [.. AlertsOf(order, payments, status)]);
    }

    private static IEnumerable<LedgerAlert> AlertsOf(OrderFacts order, List<PaymentFacts> payments, OrderStatus status)
    {
        if (OrderFold.IsPaidTwice(payments))
        {
            yield return new("double_payment", AlertSeverity.Critical);
        }

        if (status == OrderStatus.Paid && order.Status is OrderStatus.Expired or OrderStatus.Cancelled or OrderStatus.Denied or OrderStatus.Failed)
        {
            yield return new("paid_after_close", AlertSeverity.Warning);
        }

        if (status != order.Status && status is OrderStatus.ChargedBack or OrderStatus.PartiallyChargedBack)
        {
            yield return new("charged_back", AlertSeverity.Critical);
        }

        if (order.Status == OrderStatus.Paid && !payments.Any(payment => payment.HasPaid))
        {
            yield return new("payment_reversed", AlertSeverity.Critical);
        }
    }

    private static LedgerDecision Unchanged(OrderFacts order, EventOutcome outcome, string? reason) =>
        new(outcome, reason, null, order.Status, OrderFold.SumsOf(order.Payments), false, CheckUrgency.None, []);

    private static bool Pays(PaymentState state) => state is PaymentState.Capture or PaymentState.Settlement;

    private static bool GivesBack(PaymentState state) =>
        state is PaymentState.Refund or PaymentState.PartialRefund or PaymentState.Chargeback or PaymentState.PartialChargeback;
}
