using BuatFilm.Core.Orders;
using BuatFilm.Core.Payments;

namespace BuatFilm.Tests.Payments;

public sealed class PollScheduleTests
{
    private static readonly PollSchedule Schedule = new(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30));
    private static readonly DateTimeOffset Opened = new(2026, 11, 27, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(OrderStatus.AwaitingPayment, 4.9, PollNeed.NotYet)]
    [InlineData(OrderStatus.AwaitingPayment, 5, PollNeed.Ask)]
    [InlineData(OrderStatus.Pending, 60, PollNeed.Ask)]
    [InlineData(OrderStatus.Expired, 60, PollNeed.Ask)]
    [InlineData(OrderStatus.Paid, 0, PollNeed.None)]
    [InlineData(OrderStatus.Refunded, 60, PollNeed.None)]
    [InlineData(OrderStatus.OnHold, 60, PollNeed.None)]
    public void NeedOf_AnOrder_DependsOnItsStatusAndItsPagesAge(OrderStatus status, double minutes, PollNeed need)
    {
        Assert.Equal(need, Schedule.NeedOf(status, Opened, Opened.AddMinutes(minutes)));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(20, 10)]
    [InlineData(50, 25)]
    [InlineData(300, 30)]
    public void WaitAfter_GrowsWithTheAgeOfThePage(double age, double minutes)
    {
        Assert.Equal(TimeSpan.FromMinutes(minutes), Schedule.WaitAfter(Opened, Opened.AddDays(1), Opened.AddMinutes(age), jitter: 0));
    }

    [Theory]
    [InlineData(1430, 690)]
    [InlineData(1440, 90)]
    [InlineData(1441.5, 1800)]
    [InlineData(1500, 1800)]
    public void WaitAfter_AskedNearTheEnd_ComesWhenThePageHasClosed(double age, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Schedule.WaitAfter(Opened, Opened.AddDays(1), Opened.AddMinutes(age), jitter: 0));
    }

    [Theory]
    [InlineData(OrderStatus.AwaitingPayment, null, OrderStatus.Expired)]
    [InlineData(OrderStatus.Queued, null, OrderStatus.Expired)]
    [InlineData(OrderStatus.Cancelled, null, OrderStatus.Cancelled)]
    [InlineData(OrderStatus.AwaitingPayment, PaymentState.Deny, OrderStatus.Denied)]
    [InlineData(OrderStatus.AwaitingPayment, PaymentState.Failure, OrderStatus.Failed)]
    [InlineData(OrderStatus.Expired, PaymentState.Expire, OrderStatus.Expired)]
    [InlineData(OrderStatus.Paid, PaymentState.Settlement, OrderStatus.Paid)]
    public void AfterSession_SaysWhatTheOrderHasComeTo(OrderStatus before, PaymentState? last, OrderStatus after)
    {
        PaymentFacts[] payments = last is { } state ? [new PaymentFacts("t-1", "A-1", "gopay", null, state, 1000, null, state == PaymentState.Settlement, 0, 0, true, null, null)] : [];

        Assert.Equal(after, OrderFold.AfterSession(before, payments));
    }
}
