using BuatFilm.Core;
using BuatFilm.Core.Orders;

namespace BuatFilm.Tests.Api;

public sealed class WireNameTests
{
    [Fact]
    public void All_OfTheOrderStatuses_IsWhatTheContractPromises()
    {
        Assert.Equal(
            [
                "queued", "awaiting_payment", "pending", "challenge", "authorized", "paid", "denied", "expired", "cancelled", "failed",
                "partially_refunded", "refunded", "partially_charged_back", "charged_back", "on_hold",
            ],
            WireName<OrderStatus>.All);
    }

    [Fact]
    public void Parse_OfEveryName_GivesTheValueBack()
    {
        Assert.All(Enum.GetValues<OrderStatus>(), status => Assert.Equal(status, WireName<OrderStatus>.Parse(WireName<OrderStatus>.Of(status))));
    }

    [Theory]
    [InlineData("Paid")]
    [InlineData("on-hold")]
    [InlineData("14")]
    [InlineData(" paid")]
    [InlineData("")]
    [InlineData(null)]
    public void TryParse_OfAnythingElse_Refuses(string? name)
    {
        Assert.False(WireName<OrderStatus>.TryParse(name, out var value));
        Assert.Equal(default, value);
    }

    [Fact]
    public void Parse_OfAnUnknownName_SaysWhich()
    {
        var refused = Assert.Throws<FormatException>(() => WireName<OrderStatus>.Parse("lost"));

        Assert.Contains("'lost'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(OrderStatus), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AnUndeclaredValue_Throws()
    {
        Assert.Throws<KeyNotFoundException>(() => WireName<OrderStatus>.Of((OrderStatus)99));
    }
}
