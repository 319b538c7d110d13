using BuatFilm.Admin.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Http;

public sealed class KnownProxiesTests
{
    [Theory]
    [InlineData(null, "203.0.113.9", "127.0.0.1")]
    [InlineData("10.0.0.0/8", "203.0.113.9", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("127.0.0.0/8, 10.0.0.0/8", "198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9")]
    public async Task ForwardedFor_IsBelievedFromKnownProxiesOnly(string? known, string forwarded, string address)
    {
        await using var app = await HttpApp.StartAsync(new() { ["Proxies:Known"] = known });

        var reply = await app.GetAsync("/api/address", ("X-Forwarded-For", forwarded));

        Assert.Equal($"\"{address}\"", reply.Body);
    }

    [Fact]
    public void Setting_ThatIsNoAddress_IsNamed()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Proxies:Known:0"] = "10.0.0.1", ["Proxies:Known:1"] = "proxy.local" }).Build();

        var failure = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddKnownProxies(configuration));

        Assert.Contains("Proxies:Known: 'proxy.local'", failure.Message);
    }
}
