using BuatFilm.Core.Orders;

namespace BuatFilm.Tests.Orders;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("081234567890", "+6281234567890")]
    [InlineData("0812-3456-7890", "+6281234567890")]
    [InlineData("0812 3456 7890", "+6281234567890")]
    [InlineData("0812.3456.7890", "+6281234567890")]
    [InlineData("(0812) 3456-7890", "+6281234567890")]
    [InlineData("0812\u00A03456\u00A07890", "+6281234567890")]
    [InlineData("  081234567890\t", "+6281234567890")]
    [InlineData("6281234567890", "+6281234567890")]
    [InlineData("+6281234567890", "+6281234567890")]
    [InlineData("+62 812-3456-7890", "+6281234567890")]
    [InlineData("(+62) 812 3456 7890", "+6281234567890")]
    [InlineData("+62 0812 3456 7890", "+6281234567890")]
    [InlineData("62 0812 3456 7890", "+6281234567890")]
    [InlineData("006281234567890", "+6281234567890")]
    [InlineData("0062 0812 3456 7890", "+6281234567890")]
    [InlineData("81234567890", "+6281234567890")]
    [InlineData("021-555-1234", "+62215551234")]
    [InlineData("08123456", null)]
    [InlineData("081234567", "+6281234567")]
    [InlineData("+14155552671", "+14155552671")]
    [InlineData("+44 20 7946 0958", "+442079460958")]
    [InlineData("0044 20 7946 0958", "+442079460958")]
    [InlineData("+123456789012345", "+123456789012345")]
    [InlineData("+1234567890123456", null)]
    [InlineData("+1234567", null)]
    [InlineData("+0812345678", null)]
    [InlineData("08123456789012345", null)]
    [InlineData("0112345678", null)]
    [InlineData("0012", null)]
    [InlineData("00", null)]
    [InlineData("+", null)]
    [InlineData("++6281234567890", null)]
    [InlineData("62+81234567890", null)]
    [InlineData("0812/3456/7890", null)]
    [InlineData("0812 3456 7890 ext 2", null)]
    [InlineData("٠٨١٢٣٤٥٦٧٨٩٠", null)]
    [InlineData("０８１２３４５６７８９０", null)]
    [InlineData("0812\n34567890", null)]
    [InlineData("", null)]
    [InlineData("   ", null)]
    [InlineData(null, null)]
    public void TryNormalize_OfWhatPeopleWrite_GivesE164OrRefuses(string? text, string? expected)
    {
        var read = PhoneNumber.TryNormalize(text, out var e164);

        Assert.Equal(expected is not null, read);
        if (read)
        {
            Assert.Equal(expected, e164);
        }
    }

    [Fact]
    public void TryNormalize_OfItsOwnAnswer_ChangesNothing()
    {
        Assert.True(PhoneNumber.TryNormalize("0812-3456-7890", out var once));
        Assert.True(PhoneNumber.TryNormalize(once, out var twice));
        Assert.Equal(once, twice);
    }

    [Fact]
    public void TryNormalize_OfAnEndlessText_RefusesIt()
    {
        Assert.False(PhoneNumber.TryNormalize(new string(' ', 41) + "081234567890", out _));
    }
}
