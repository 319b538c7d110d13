using System.Text;
using System.Text.Json;
using BuatFilm.Core.Idempotency;

namespace BuatFilm.Tests.Idempotency;

public sealed class FingerprintTests
{
    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("100", "1e2")]
    [InlineData("100", "1E+2")]
    [InlineData("100", "0.1e3")]
    [InlineData("0", "-0.00e5")]
    [InlineData("0.001", "1e-3")]
    [InlineData("-12.50", "-125e-1")]
    [InlineData("1e400", "10e399")]
    [InlineData("\"a\"", "\"\\u0061\"")]
    [InlineData("""{"a":1,"b":[{"d":2,"c":3}]}""", """ { "b" : [ { "c" : 3.0 , "d" : 2 } ] , "a" : 1 } """)]
    public void CanonicalJson_OfEqualTexts_IsTheSame(string one, string other) => Assert.Equal(Canonical(one), Canonical(other));

    [Theory]
    [InlineData("1", "-1")]
    [InlineData("1", "10")]
    [InlineData("1", "\"1\"")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("0.1", "0.10000000000000000000000001")]
    [InlineData("1e9999999999999999999", "1e9999999999999999998")]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("[1,[2]]", "[[1],2]")]
    [InlineData("{}", "null")]
    [InlineData("""{"a":null}""", "{}")]
    [InlineData("""{"a":1}""", """{"A":1}""")]
    [InlineData("""{"a":"1,b"}""", """{"a":"1","b":""}""")]
    public void CanonicalJson_OfDifferentTexts_Differs(string one, string other) => Assert.NotEqual(Canonical(one), Canonical(other));

    [Fact]
    public void Of_ScopeMediaTypeOrBodyChanged_Differs()
    {
        using var body = JsonDocument.Parse("{}");
        using var other = JsonDocument.Parse("[]");

        byte[][] prints =
        [
            Fingerprint.Of("shop|POST|/x", "application/json", body.RootElement),
            Fingerprint.Of("shop|POST|/y", "application/json", body.RootElement),
            Fingerprint.Of("shop|POST|/", "xapplication/json", body.RootElement),
            Fingerprint.Of("shop|POST|/x", "application/json", other.RootElement),
        ];

        Assert.Equal(4, prints.Select(Convert.ToHexString).Distinct().Count());
        Assert.All(prints, print => Assert.Equal(32, print.Length));
        Assert.Equal(prints[0], Fingerprint.Of("shop|POST|/x", "Application/JSON", body.RootElement));
    }

    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(CanonicalJson.Of(document.RootElement).Span);
    }
}
