using System.Text;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Idempotency;

namespace BuatFilm.Tests.Http;

public sealed class StrictJsonTests
{
    private static readonly string[] Seeds =
    [
        """{"customer":{"name":"Siti \u00e9\ud83c\udf89","phone":"0812"},"items":[{"id":"a","price":150000,"quantity":2}],"flags":[true,false,null,-1.5e+3]}""",
        """[[[[{"a":{"b":{"c":[]}}}]]],"\\u0000","\"\/\b\f\n\r\t"]""",
        """{"a":1,"\u0061":2}""",
        "\"\\ud800\\udc00\"",
    ];

    [Theory]
    [InlineData("{}")]
    [InlineData(" [1, 2.5e-3, \"x\"] ")]
    [InlineData("\"\\ud83c\\udf89\"")]
    [InlineData("\"\\\\u0000\"")]
    [InlineData("\"🎉\"")]
    [InlineData("""{"a":{"x":1},"b":{"x":1}}""")]
    [InlineData("""{"a":1,"A":1}""")]
    public void TryParse_GoodText_IsRead(string text)
    {
        Assert.True(StrictJson.TryParse(Encoding.UTF8.GetBytes(text), out var document, out var defect));
        Assert.Equal(JsonDefect.None, defect);
        document.Dispose();
    }

    [Theory]
    [InlineData("", "malformed_json")]
    [InlineData("{", "malformed_json")]
    [InlineData("{} {}", "malformed_json")]
    [InlineData("{\"a\":1,}", "malformed_json")]
    [InlineData("[1,]", "malformed_json")]
    [InlineData("{/* no */}", "malformed_json")]
    [InlineData("{'a':1}", "malformed_json")]
    [InlineData("[01]", "malformed_json")]
    [InlineData("[NaN]", "malformed_json")]
    [InlineData("\uFEFF{}", "malformed_json")]
    [InlineData("\"\0\"", "malformed_json")]
    [InlineData("\"\\ud800\"", "malformed_json")]
    [InlineData("\"\\udc00\"", "malformed_json")]
    [InlineData("\"\\ud800x\\udc00\"", "malformed_json")]
    [InlineData("\"\\ud800\\n\"", "malformed_json")]
    [InlineData("\"\\ud800\\ud800\\udc00\"", "malformed_json")]
    [InlineData("{\"\\udfff\":1}", "malformed_json")]
    [InlineData("\"a\\u0000\"", "nul_character")]
    [InlineData("{\"\\u0000\":1}", "nul_character")]
    [InlineData("{\"a\":1,\"a\":1}", "duplicate_member")]
    [InlineData("{\"a\":1,\"\\u0061\":1}", "duplicate_member")]
    [InlineData("[{\"b\":{\"a\":1,\"c\":2,\"a\":3}}]", "duplicate_member")]
    public void TryParse_BadText_IsRefused(string text, string code)
    {
        Assert.False(StrictJson.TryParse(Encoding.UTF8.GetBytes(text), out _, out var defect));
        Assert.Equal(code, WireName<JsonDefect>.Of(defect));
    }

    [Fact]
    public void TryParse_BytesThatAreNotUtf8_AreRefused()
    {
        Assert.False(StrictJson.TryParse(new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' }, out _, out var defect));
        Assert.Equal(JsonDefect.MalformedJson, defect);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(200_000, false)]
    public void TryParse_Nesting_EndsAt32(int depth, bool isRead)
    {
        var text = new string('[', depth) + new string(']', depth);

        Assert.Equal(isRead, StrictJson.TryParse(Encoding.UTF8.GetBytes(text), out _, out _));
    }

    [Fact]
    public void TryParse_AnyBytes_NeverThrowsAndWhatItTakesCanBeFingerprinted()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var taken = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]);
            for (var change = random.Next(4); change > 0; change--)
            {
                bytes = Change(bytes, random);
            }

            try
            {
                if (StrictJson.TryParse(bytes, out var document, out _))
                {
                    taken++;
                    Fingerprint.Of("s", "application/json", document.RootElement);
                    document.Dispose();
                }
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, round {round}, {Convert.ToHexString(bytes)}: {exception}");
            }
        }

        Assert.InRange(taken, 1000, 99_000);
    }

    private static byte[] Change(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        var at = random.Next(bytes.Length);
        return random.Next(5) switch
        {
            0 => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], .. bytes[(at + 1)..]],
            2 => bytes[..at],
            3 => [.. bytes[..at], (byte)"{}[]\",:\\u0d8c1e-. "[random.Next(18)], .. bytes[at..]],
            _ => [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]],
        };
    }
}
