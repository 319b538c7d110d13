using System.Globalization;
using BuatFilm.Core.Orders;

namespace BuatFilm.Tests.Orders;

public sealed class RupiahTests
{
    [Theory]
    [InlineData("450000.00", 450_000L)]
    [InlineData("450000", 450_000L)]
    [InlineData("2700", 2_700L)]
    [InlineData("450000.0", 450_000L)]
    [InlineData("450000.0000", 450_000L)]
    [InlineData("0.00", 0L)]
    [InlineData("999999999999999", 999_999_999_999_999L)]
    [InlineData("450000.50", null)]
    [InlineData("450000.", null)]
    [InlineData(".00", null)]
    [InlineData("-450000.00", null)]
    [InlineData("+450000", null)]
    [InlineData(" 450000", null)]
    [InlineData("450000 ", null)]
    [InlineData("450,000.00", null)]
    [InlineData("450.000,00", null)]
    [InlineData("450.000", 450L)]
    [InlineData("4.5e5", null)]
    [InlineData("450000.0.0", null)]
    [InlineData("0x10", null)]
    [InlineData("٤٥٠", null)]
    [InlineData("1000000000000000", null)]
    [InlineData("450000.0000000000000000000", null)]
    [InlineData("NaN", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void TryParseMidtrans_WhateverTheCulture_TakesWholeAmountsOnly(string? text, long? expected)
    {
        foreach (var culture in new[] { "id-ID", "en-US", "de-DE", "" })
        {
            var read = InCulture(culture, () => Rupiah.TryParseMidtrans(text, out var amount) ? amount.Amount : (long?)null);

            Assert.Equal(expected, read);
        }
    }

    [Theory]
    [InlineData(1_250_000L, "Rp1.250.000")]
    [InlineData(0L, "Rp0")]
    [InlineData(999L, "Rp999")]
    [InlineData(1_000L, "Rp1.000")]
    [InlineData(-45_000L, "-Rp45.000")]
    [InlineData(Rupiah.Max, "Rp999.999.999.999")]
    [InlineData(long.MinValue, "-Rp9.223.372.036.854.775.808")]
    public void ToString_WhateverTheCulture_IsTheIndonesianForm(long amount, string expected)
    {
        foreach (var culture in new[] { "id-ID", "en-US", "hi-IN", "" })
        {
            Assert.Equal(expected, InCulture(culture, new Rupiah(amount).ToString));
        }
    }

    [Fact]
    public void Comparison_OfTwoAmounts_IsThatOfTheNumbers()
    {
        Rupiah small = new(1);
        Rupiah large = new(2);

        Assert.True(small < large && small <= large && large > small && large >= small);
        Assert.True(small.CompareTo(large) < 0);
        Assert.Equal(new Rupiah(1), small);
    }

    private static T InCulture<T>(string name, Func<T> work)
    {
        var former = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(name);
        try
        {
            return work();
        }
        finally
        {
            CultureInfo.CurrentCulture = former;
        }
    }
}
