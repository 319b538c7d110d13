using BuatFilm.Admin.Components;

namespace BuatFilm.Tests.Components;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("550 no such user", "550 no such user")]
    [InlineData("two\r\nlines", "two lines")]
    [InlineData("a\0b\u0007c", "abc")]
    [InlineData("abc\u202Egnp.exe", "abcgnp.exe")]
    [InlineData("a\u200Bb\uFEFF", "ab")]
    public void Clean_Text_KeepsWhatCanBeSeen(string text, string clean) => Assert.Equal(clean, ForeignText.Clean(text, 100));

    [Fact]
    public void Clean_LongText_IsCutBetweenSigns()
    {
        Assert.Equal("aa…", ForeignText.Clean("aaaa", 2));
        Assert.Equal("😀…", ForeignText.Clean("😀😀", 2));
    }

    [Theory]
    [InlineData("budi@contoh.id", "b•••@contoh.id")]
    [InlineData("@contoh.id", "@•••")]
    [InlineData("+6281234567890", "+6281•••••7890")]
    [InlineData("081234", "••••34")]
    [InlineData("12", "••")]
    [InlineData("Budi Santoso", "B••• S•••")]
    [InlineData("", "")]
    public void Mask_OfAPersonsData_LeavesLittle(string text, string masked) => Assert.Equal(masked, Masking.Of(text));
}
