using BuatFilm.Core.Orders;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;

namespace BuatFilm.Tests.Payments;

public sealed class PaymentLedgerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 15, 5, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Settlement_OfTheOrdersAmount_IsAppliedAtOnceAndConfirmedLater()
    {
        var decision = Decide(Order(), News("settlement"));

        Assert.Equal((EventOutcome.Applied, OrderStatus.Paid, true, CheckUrgency.Confirm), (decision.Outcome, decision.Status, decision.BecamePaid, decision.Check));
        Assert.Equal(450_000, decision.Sums.Paid);
    }

    [Theory]
    [InlineData("settlement", "201", "status_code")]
    [InlineData("refund", "200", "unusual")]
    [InlineData("chargeback", "200", "unusual")]
    public void MoneyThatTheSignatureDoesNotProve_WaitsForGetStatus(string status, string code, string reason)
    {
        var decision = Decide(Order(), News(status) with { StatusCode = code });

        Assert.Equal((EventOutcome.PendingVerification, reason, CheckUrgency.Now), (decision.Outcome, decision.Reason, decision.Check));
        Assert.Null(decision.Payment);
        Assert.Equal(OrderStatus.AwaitingPayment, decision.Status);
    }

    [Theory]
    [InlineData(PaymentState.Settlement, "refund", "money_back")]
    [InlineData(PaymentState.Settlement, "partial_chargeback", "money_back")]
    [InlineData(PaymentState.Capture, "cancel", "money_back")]
    [InlineData(PaymentState.Authorize, "capture", "capture_after_authorize")]
    [InlineData(PaymentState.Settlement, "deny", "reversal")]
    [InlineData(PaymentState.PartialRefund, "partial_refund", "money_back")]
    [InlineData(PaymentState.Expire, "settlement", "unusual")]
    public void MoneyThatMovesAfterwards_WaitsForGetStatus(PaymentState current, string incoming, string reason)
    {
        var decision = Decide(Order(Payment(current)), News(incoming));

        Assert.Equal((EventOutcome.PendingVerification, reason), (decision.Outcome, decision.Reason));
    }

    [Fact]
    public void TheSameMoves_ConfirmedByGetStatus_AreApplied()
    {
        Assert.Equal(OrderStatus.Refunded, Verified(Order(Payment(PaymentState.Settlement)), News("refund")).Status);
        Assert.Equal(OrderStatus.ChargedBack, Verified(Order(Payment(PaymentState.Settlement)), News("chargeback")).Status);
        Assert.Equal(OrderStatus.Paid, Verified(Order(Payment(PaymentState.Authorize)), News("capture")).Status);
        Assert.Equal(OrderStatus.AwaitingPayment, Verified(Order(Payment(PaymentState.Settlement)), News("deny")).Status);
        Assert.Equal(OrderStatus.Paid, Verified(Order(Payment(PaymentState.Expire)), News("settlement")).Status);
    }

    [Fact]
    public void AnotherAmount_PutsTheOrderOnHold_UntilTheRightOneComes()
    {
        var order = Order();
        var wrong = Decide(order, News("settlement") with { GrossAmount = "450.00" });
        var held = After(order, wrong);
        var right = Decide(held, News("settlement"));

        Assert.Equal((EventOutcome.Mismatch, OrderStatus.OnHold, false), (wrong.Outcome, wrong.Status, wrong.BecamePaid));
        Assert.Equal(0, wrong.Sums.Paid);
        Assert.Contains(wrong.Alerts, alert => alert.Kind == "amount_mismatch");
        Assert.Equal((EventOutcome.Applied, OrderStatus.Paid, true), (right.Outcome, right.Status, right.BecamePaid));
    }

    [Fact]
    public void AnotherAmount_NeverTouchesAPaymentThatIsInOrder()
    {
        var decision = Decide(Order(Payment(PaymentState.Settlement), OrderStatus.Paid), News("settlement") with { GrossAmount = "450.00" });

        Assert.Equal((EventOutcome.Mismatch, OrderStatus.Paid), (decision.Outcome, decision.Status));
        Assert.Null(decision.Payment);
    }

    [Fact]
    public void AnotherMerchantOrCurrency_IsNotApplied()
    {
        Assert.Equal((EventOutcome.Mismatch, "merchant"), (Decide(Order(), News("settlement") with { MerchantId = "G2" }).Outcome, Decide(Order(), News("settlement") with { MerchantId = "G2" }).Reason));
        Assert.Equal("currency", Decide(Order(), News("settlement") with { Currency = "USD" }).Reason);
        Assert.Equal(EventOutcome.Applied, PaymentLedger.Decide(Order(), News("settlement") with { MerchantId = "G2" }, null, false, Noon).Outcome);
    }

    [Fact]
    public void AmountWithTheCustomersFee_IsAppliedOnlyWhenGetStatusSaysSo()
    {
        var news = News("settlement") with { GrossAmount = "454000.00", AmountBeforeFee = new Rupiah(450_000) };

        Assert.Equal((EventOutcome.PendingVerification, "amount_explained"), (Decide(Order(), news).Outcome, Decide(Order(), news).Reason));
        Assert.Equal(OrderStatus.Paid, Verified(Order(), news).Status);
    }

    [Fact]
    public void TwoPayments_PutTheOrderOnHold_AndARefundOfOneReleasesIt()
    {
        var order = Order(Payment(PaymentState.Settlement), OrderStatus.Paid);
        var second = Decide(order, News("settlement") with { TransactionId = "T2" });
        var refunded = Verified(After(order, second), News("refund") with { TransactionId = "T2" });

        Assert.Equal(OrderStatus.OnHold, second.Status);
        Assert.Contains(second.Alerts, alert => alert.Kind == "double_payment");
        Assert.Equal(OrderStatus.PartiallyRefunded, refunded.Status);
    }

    [Theory]
    [InlineData(OrderStatus.Expired, "expire")]
    [InlineData(OrderStatus.Cancelled, "cancel")]
    public void SuccessAfterTheEnd_Reopens_WithAnAlert(OrderStatus ended, string how)
    {
        var closed = After(Order(), Decide(Order(), News(how)));
        Assert.Equal(ended, closed.Status);

        var decision = Decide(closed, News("settlement") with { TransactionId = "T2" });

        Assert.Equal(OrderStatus.Paid, decision.Status);
        Assert.Contains(decision.Alerts, alert => alert.Kind == "paid_after_close");
    }

    [Fact]
    public void Denial_FailsTheOrderOnlyOnceThePageIsClosed()
    {
        Assert.Equal(OrderStatus.AwaitingPayment, Decide(Order(), News("deny")).Status);
        Assert.Equal(OrderStatus.Denied, PaymentLedger.Decide(Order() with { ExpiresAt = Noon }, News("deny"), "G1", false, Noon).Status);
        Assert.Equal(OrderStatus.Failed, PaymentLedger.Decide(Order() with { ExpiresAt = Noon }, News("failure"), "G1", false, Noon).Status);
    }

    [Fact]
    public void LatePending_ChangesNothing()
    {
        var decision = Decide(Order(Payment(PaymentState.Settlement), OrderStatus.Paid), News("pending"));

        Assert.Equal((EventOutcome.IgnoredStale, OrderStatus.Paid), (decision.Outcome, decision.Status));
        Assert.Null(decision.Payment);
    }

    [Fact]
    public void Refutation_HoldsTheOrder_AndTheSameNewsGetsNoSecondAdvance()
    {
        var paid = After(Order(), Decide(Order(), News("settlement")));
        var refuted = PaymentLedger.Refute(paid, paid.Payments[0], PaymentState.Pending, HoldReasons.Refuted, Noon);
        var held = After(paid, refuted);
        var again = Decide(held, News("settlement"));

        Assert.Equal((OrderStatus.OnHold, 0L), (refuted.Status, refuted.Sums.Paid));
        Assert.Equal((EventOutcome.PendingVerification, "refuted_before"), (again.Outcome, again.Reason));
        Assert.Equal(OrderStatus.Paid, Verified(held, News("settlement")).Status);
    }

    [Fact]
    public void Refunds_AddUpByTheirKeys_AndBankConfirmationAddsNothing()
    {
        var order = Order(Payment(PaymentState.Settlement), OrderStatus.Paid);
        var first = After(order, Verified(order, News("partial_refund") with { Refunds = [Refund("R1", 100_000)] }));
        var second = After(first, Verified(first, News("partial_refund") with { Refunds = [Refund("R1", 100_000), Refund("R2", 50_000)] }));
        var confirmed = Verified(second, News("partial_refund") with { Refunds = [Refund("R1", 100_000), Refund("R2", 50_000) with { BankConfirmed = true }] });

        Assert.Equal((OrderStatus.PartiallyRefunded, 100_000L), (first.Status, OrderFold.SumsOf(first.Payments).Refunded));
        Assert.Equal(150_000, OrderFold.SumsOf(second.Payments).Refunded);
        Assert.Equal(150_000, confirmed.Sums.Refunded);
    }

    [Fact]
    public void RandomHistories_ConfirmedByGetStatus_EndTheSameInEveryOrder()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        string[] statuses = ["pending", "settlement", "capture", "authorize", "deny", "cancel", "expire", "failure", "refund"];

        for (var round = 0; round < 2_000; round++)
        {
            // Midtrans' truth per payment is its last status; whatever is unusual is answered with it.
            var payments = Enumerable.Range(1, random.Next(1, 4)).Select(number => (Id: $"T{number}", Told: Enumerable.Range(0, random.Next(1, 5)).Select(_ => statuses[random.Next(statuses.Length)]).ToArray())).ToList();
            var news = payments.SelectMany(payment => payment.Told.Select(status => (payment.Id, Status: status))).ToArray();
            random.Shuffle(news);
            var order = Order();

            foreach (var (id, status) in news)
            {
                var decision = Decide(order, News(status) with { TransactionId = id });
                order = After(order, decision);
                if (decision.Check != CheckUrgency.None)
                {
                    var truth = payments.Single(payment => payment.Id == id).Told[^1];
                    order = After(order, Verified(order, News(truth) with { TransactionId = id }));
                }

                var sums = OrderFold.SumsOf(order.Payments);
                Assert.True(sums.Refunded <= sums.Paid && sums.ChargedBack <= sums.Paid, $"Seed {seed}, round {round}: more given back than paid.");
                Assert.Equal(OrderFold.StatusOf(order.Status, order.Payments, true), order.Status);
            }
        }
    }

    private static LedgerDecision Decide(OrderFacts order, MidtransNotification news) => PaymentLedger.Decide(order, news, "G1", verified: false, Noon);

    private static LedgerDecision Verified(OrderFacts order, MidtransNotification news) => PaymentLedger.Decide(order, news, "G1", verified: true, Noon);

    private static OrderFacts After(OrderFacts order, LedgerDecision decision) => order with
    {
        Status = decision.Status,
        Payments = decision.Payment is { } changed ? [.. order.Payments.Where(payment => payment.TransactionId != changed.TransactionId), changed] : order.Payments,
    };

    private static OrderFacts Order(PaymentFacts? payment = null, OrderStatus status = OrderStatus.AwaitingPayment) =>
        new("A", status, 450_000, Noon.AddDays(1), payment is null ? [] : [payment]);

    private static PaymentFacts Payment(PaymentState state) =>
        new("T1", "A", "credit_card", null, state, 450_000, state == PaymentState.Authorize ? 450_000 : null, state is PaymentState.Capture or PaymentState.Settlement or PaymentState.PartialRefund, 0, 0, false, null, Noon);

    private static MidtransRefund Refund(string key, long amount) => new(key, $"{amount}.00", new Rupiah(amount), false);

    private static MidtransNotification News(string status) => new()
    {
        OrderId = "A",
        TransactionId = "T1",
        TransactionStatus = status,
        StatusCode = status switch
        {
            "pending" => "201",
            "deny" or "cancel" or "expire" or "failure" => "202",
            _ => "200",
        },
        GrossAmount = "450000.00",
        PaymentType = "credit_card",
        FraudStatus = "accept",
        MerchantId = "G1",
        Currency = "IDR",
    };
}
