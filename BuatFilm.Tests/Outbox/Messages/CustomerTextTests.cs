using BuatFilm.Admin.Features.Outbox.Messages;

namespace BuatFilm.Tests.Outbox.Messages;

public sealed class CustomerTextTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("  Sari   Dewi ", "Sari Dewi")]
    [InlineData("Sari\r\nBcc: mata@example.com", "Sari Bcc: mata@example.com")]
    [InlineData("Sari\u2028Dewi\u0085X\tY\0Z", "Sari Dewi X Y Z")]
    [InlineData("a\u202Egnp.exe\u202C\u2066b\u2069\u200F\u200E\u061Cc", "agnp.exebc")]
    [InlineData("\u202E\u2067\uFEFF", "")]
    [InlineData("zero\u200Bwidth\u00AD\u2060", "zerowidth")]
    [InlineData("half \ud83c pair", "half pair")]
    [InlineData("👩‍🎬 Sari 🎥", "👩‍🎬 Sari 🎥")]
    [InlineData("محمد علي", "محمد علي")]
    [InlineData("O'Brien & Söhne <3", "O'Brien & Söhne <3")]
    public void Clean_WhatCustomersWrite_IsOneLineThatSteersNothing(string? text, string expected) =>
        Assert.Equal(expected, CustomerText.Clean(text, 60));

    [Fact]
    public void Clean_AVeryLongName_IsCutAtAVisibleCharacter()
    {
        var cleaned = CustomerText.Clean(string.Concat(Enumerable.Repeat("👩‍🎬", 100)), 60);

        Assert.Equal(string.Concat(Enumerable.Repeat("👩‍🎬", 60)) + "…", cleaned);
    }

    [Fact]
    public void Clean_APileOfMarks_IsBounded() =>
        Assert.InRange(CustomerText.Clean("a" + new string('\u0301', 100_000), 60).Length, 0, 500);
}
