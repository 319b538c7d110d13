using BuatFilm.Core;

namespace BuatFilm.Tests.Outbox;

public sealed class MaskedTests
{
    [Theory]
    [InlineData("budi@contoh.id", "b***@contoh.id")]
    [InlineData("b@contoh.id", "b***@contoh.id")]
    [InlineData("@contoh.id", "***@contoh.id")]
    [InlineData("+6281234567890", "+6281***890")]
    [InlineData("+628123", "***")]
    [InlineData("", "***")]
    [InlineData("https://alerts.example/hook/secret?token=abc", "https://alerts.example/***")]
    [InlineData("http://user:pass@alerts.example:8080/x", "http://alerts.example/***")]
    public void Recipient_KeepsWhatTellsItApart(string recipient, string masked)
    {
        Assert.Equal(masked, Masked.Recipient(recipient));
    }

    [Theory]
    [InlineData("550 5.1.1 <budi@contoh.id>: user unknown", "550 5.1.1 <b***@contoh.id>: user unknown")]
    [InlineData("RCPT TO:<siti.a+b@mail.contoh.co.id> refused", "RCPT TO:<s***@mail.contoh.co.id> refused")]
    [InlineData("(#131026) Message undeliverable to +6281234567890", "(#131026) Message undeliverable to +6281***890")]
    [InlineData("to 6281234567890.", "to 62812***890.")]
    [InlineData("two\r\nlines\tand\u202E a trick", "two lines and a trick")]
    [InlineData("order ORD-20261127000123 of 550", "order ORD-20261127000123 of 550")]
    [InlineData(" \r\n ", null)]
    [InlineData(null, null)]
    public void Error_KeepsTheWordsAndMasksTheAddresses(string? error, string? cleaned)
    {
        Assert.Equal(cleaned, Masked.Error(error, 200));
    }

    [Fact]
    public void Error_IsCutToItsLength()
    {
        Assert.Equal("abcd…", Masked.Error("abcdefgh", 5));
        Assert.Equal("abcde", Masked.Error("abcde", 5));
        Assert.Equal("abc…", Masked.Error("abc🎬🎬", 5)); // Not in the middle of a character.
    }

    [Fact]
    public void Error_OfAnyLength_IsCleanedQuickly()
    {
        Assert.Equal(200, Masked.Error(new string('@', 1_000), 200)!.Length);
        Assert.Equal(200, Masked.Error(string.Concat(Enumerable.Repeat("a@", 500)), 200)!.Length);
        Assert.InRange(Masked.Error(new string('1', 1_000), 200)!.Length, 1, 200);
    }
}
