using BuatFilm.Core.Orders;

namespace BuatFilm.Tests.Orders;

public sealed class EmailAddressTests
{
    private static readonly string LongestLocal = new('a', 64);
    private static readonly string LongLabel = new('b', 63);

    [Theory]
    [InlineData("budi@contoh.id")]
    [InlineData("a@b.test")]
    [InlineData("budi.santoso+film@mail.contoh.co.id")]
    [InlineData("o'brien@contoh.id")]
    [InlineData("x_y-z@a-b.contoh.id")]
    [InlineData("budi@xn--contoh-9ua.id")]
    public void IsValid_OfAnAddressThatEveryServerTakes_IsTrue(string address) => Assert.True(EmailAddress.IsValid(address));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("budi")]
    [InlineData("@contoh.id")]
    [InlineData("budi@")]
    [InlineData("budi@contoh")]
    [InlineData("budi@@contoh.id")]
    [InlineData("budi@a@contoh.id")]
    [InlineData(".budi@contoh.id")]
    [InlineData("budi.@contoh.id")]
    [InlineData("bu..di@contoh.id")]
    [InlineData("bu di@contoh.id")]
    [InlineData("\"bu di\"@contoh.id")]
    [InlineData("budi@contoh..id")]
    [InlineData("budi@.contoh.id")]
    [InlineData("budi@contoh.id.")]
    [InlineData("budi@-contoh.id")]
    [InlineData("budi@contoh-.id")]
    [InlineData("budi@contoh.i")]
    [InlineData("budi@con_toh.id")]
    [InlineData("budi@[127.0.0.1]")]
    [InlineData("büdi@contoh.id")]
    [InlineData("budi@çontoh.id")]
    [InlineData("budi@contoh.id\r\nBcc: semua@contoh.id")]
    [InlineData("budi<budi@contoh.id>")]
    [InlineData("budi,susi@contoh.id")]
    public void IsValid_OfAnythingElse_IsFalse(string? address) => Assert.False(EmailAddress.IsValid(address));

    [Fact]
    public void IsValid_AtTheLongest_EndsThere()
    {
        Assert.True(EmailAddress.IsValid($"{LongestLocal}@contoh.id"));
        Assert.False(EmailAddress.IsValid($"a{LongestLocal}@contoh.id"));
        Assert.True(EmailAddress.IsValid($"a@{LongLabel}.id"));
        Assert.False(EmailAddress.IsValid($"a@b{LongLabel}.id"));

        var longest = $"{LongestLocal}@{LongLabel}.{LongLabel}.{new string('c', 58)}.id";
        Assert.Equal(254, longest.Length);
        Assert.True(EmailAddress.IsValid(longest));
        Assert.False(EmailAddress.IsValid(longest.Replace(".id", "c.id", StringComparison.Ordinal)));
    }
}
