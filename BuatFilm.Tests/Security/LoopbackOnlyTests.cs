using System.Net;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace BuatFilm.Tests.Security;

public sealed class LoopbackOnlyTests
{
    [Theory]
    [InlineData("127.0.0.1", null, true)]
    [InlineData("::1", null, true)]
    [InlineData("::ffff:127.0.0.1", null, true)]
    [InlineData("10.0.0.1", null, false)]
    [InlineData(null, null, false)]
    [InlineData("127.0.0.1", "X-Forwarded-For", false)]
    [InlineData("127.0.0.1", "x-forwarded-host", false)]
    [InlineData("127.0.0.1", "X-Original-For", false)]
    [InlineData("127.0.0.1", "Forwarded", false)]
    public void IsLocal_ByAddressAndHeaders(string? address, string? header, bool isLocal)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        if (header is not null)
        {
            context.Request.Headers[header] = "x";
        }

        Assert.Equal(isLocal, LoopbackOnly.IsLocal(context));
    }

    [Fact]
    public async Task Route_ThatIsLocal_RefusesWhatAProxyForwarded()
    {
        await using var app = await HttpApp.StartAsync();

        Assert.Equal(200, (await app.GetAsync("/api/local")).Status);
        Assert.NotEqual(200, (await app.GetAsync("/api/local", ("X-Forwarded-Proto", "https"))).Status);
    }
}
