namespace BuatFilm.Tests.Http;

public sealed class RateLimitsTests
{
    [Fact]
    public async Task Storefront_AboveItsLimit_Is429WithRetryAfterAndOthersGoOn()
    {
        await using var app = await HttpApp.StartAsync(new() { ["RateLimits:StorefrontPerMinute"] = "3" });
        var mine = new List<Reply>();
        for (var i = 0; i < 4; i++)
        {
            mine.Add(await app.GetAsync("/api/limited", ("X-Api-Key", HttpApp.StorefrontKey)));
        }

        var others = await app.GetAsync("/api/limited", ("X-Api-Key", HttpApp.OpsKey));

        Assert.Equal([200, 200, 200, 429], mine.Select(reply => reply.Status));
        Assert.Equal("too_many_requests", mine[3].Code);
        Assert.InRange(int.Parse(mine[3].Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal(200, others.Status);
    }

    [Fact]
    public async Task WrongKeys_AreLimitedByAddress()
    {
        await using var app = await HttpApp.StartAsync(new() { ["RateLimits:StorefrontPerMinute"] = "2" });

        var statuses = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            statuses.Add((await app.GetAsync("/api/limited", ("X-Api-Key", $"a-wrong-key-of-some-length-{i}"))).Status);
        }

        Assert.Equal([401, 401, 429], statuses);
    }

    [Fact]
    public async Task Limits_SwitchedOff_RefuseNobody()
    {
        await using var app = await HttpApp.StartAsync(new() { ["RateLimits:Enabled"] = "false", ["RateLimits:WebhookPerMinute"] = "1", ["RateLimits:StorefrontPerMinute"] = "1" });

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(200, (await app.GetAsync("/api/webhook")).Status);
            Assert.Equal(200, (await app.GetAsync("/api/limited", ("X-Api-Key", HttpApp.StorefrontKey))).Status);
        }
    }

    [Fact]
    public async Task Webhook_HasALimitOfItsOwn()
    {
        await using var app = await HttpApp.StartAsync(new() { ["RateLimits:WebhookPerMinute"] = "1" });
        await app.GetAsync("/api/webhook");

        Assert.Equal(429, (await app.GetAsync("/api/webhook")).Status);
    }
}
