using BuatFilm.Core.Orders;

namespace BuatFilm.Tests.Orders;

public sealed class OrderNumberTests
{
    [Fact]
    public void New_ManyTimes_IsOfOneLengthEndsInALetterAndReadsAloud()
    {
        var now = new DateTimeOffset(2026, 11, 23, 18, 30, 0, TimeSpan.Zero);

        var numbers = Enumerable.Range(0, 10_000).Select(_ => OrderNumber.New(now)).ToList();

        // 18.30 in UTC is past midnight in Jakarta.
        Assert.All(numbers, number => Assert.Matches("^BF-261124-[0-9A-HJKMNP-TV-Z]{9}[A-HJKMNP-TV-Z]$", number));
        Assert.All(numbers, number => Assert.True(OrderDraft.IsOrderId(number)));
        Assert.Equal(numbers.Count, numbers.Distinct(StringComparer.Ordinal).Count());
    }
}
