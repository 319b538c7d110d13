using System.Security.Claims;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Security;

public sealed class ApiKeyTests
{
    public static TheoryData<string[], int, string?> Matrix => new()
    {
        { [], 401, "api_key_missing" },
        { [$"X-Api-Key: {HttpApp.StorefrontKey}"], 200, null },
        { [$"Authorization: Bearer {HttpApp.StorefrontKey}"], 200, null },
        { [$"Authorization: bearer {HttpApp.StorefrontKey}"], 200, null },
        { [$"Authorization: Bearer {HttpApp.StorefrontKey}", $"X-Api-Key: {HttpApp.StorefrontKey}"], 200, null },
        { [$"Authorization: Bearer {HttpApp.StorefrontKey}", $"X-Api-Key: {HttpApp.OpsKey}"], 401, "api_key_invalid" },
        { [$"Authorization: Bearer {HttpApp.StorefrontKey}", "X-Api-Key: wrong"], 401, "api_key_invalid" },
        { [$"Authorization: Basic {HttpApp.StorefrontKey}"], 401, "api_key_missing" },
        { ["Authorization: Basic abc", $"X-Api-Key: {HttpApp.StorefrontKey}"], 200, null },
        { [$"X-Api-Key: {HttpApp.StorefrontKey}x"], 401, "api_key_invalid" },
        { [$"X-Api-Key: {HttpApp.StorefrontKey.ToUpperInvariant()}"], 401, "api_key_invalid" },
        { ["X-Api-Key: "], 401, "api_key_invalid" },
        { ["Authorization: Bearer "], 401, "api_key_missing" },
        { [$"X-Api-Key: {new string('k', 5000)}"], 401, "api_key_invalid" },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Key_InEachForm_OpensOrIsRefused(string[] headers, int status, string? code)
    {
        await using var app = await HttpApp.StartAsync();

        var reply = await app.GetAsync("/api/order", [.. headers.Select(header => (header.Split(": ", 2)[0], header.Split(": ", 2)[1]))]);

        Assert.Equal(status, reply.Status);
        Assert.Equal(code, status == 200 ? null : reply.Code);
        Assert.Equal(status == 401, reply.Headers.ContainsKey("WWW-Authenticate"));
        Assert.Equal(status == 200 ? "\"api:shop\"" : reply.Body, reply.Body);
    }

    [Fact]
    public async Task Key_OfARoleWithoutThePermission_Is403()
    {
        await using var app = await HttpApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/order") { Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Api-Key", HttpApp.OpsKey);

        var reply = await app.SendAsync(request);

        Assert.Equal((403, "forbidden"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task Key_OfTheDatabase_OpensUntilItIsRevoked()
    {
        await using var app = await HttpApp.StartAsync();
        var ring = app.Services.GetRequiredService<ApiKeyring>();
        const string key = "a-key-that-was-made-on-the-page";
        ring.Load([new ApiKey("page-made", ApiKeyKind.Storefront, Roles.Storefront, ApiKey.DigestOf(key))]);
        var before = await app.GetAsync("/api/order", ("X-Api-Key", key));
        ring.Load([]);

        var after = await app.GetAsync("/api/order", ("X-Api-Key", key));

        Assert.Equal((200, "\"api:page-made\""), (before.Status, before.Body));
        Assert.Equal((401, "api_key_invalid"), (after.Status, after.Code));
    }

    [Fact]
    public async Task PublicRoute_TellsMoreToAKeyThatMayKnow()
    {
        await using var app = await HttpApp.StartAsync();

        Assert.Equal("false", (await app.GetAsync("/api/details")).Body);
        Assert.Equal("false", (await app.GetAsync("/api/details", ("X-Api-Key", HttpApp.StorefrontKey))).Body);
        Assert.Equal("true", (await app.GetAsync("/api/details", ("X-Api-Key", HttpApp.OpsKey))).Body);
    }

    [Theory]
    [InlineData("Storefront:ApiKeys:shop", "too-short")]
    [InlineData("Ops:ApiKeys:robot", "with spaces in it, and long enough")]
    [InlineData("Ops:ApiKeys:robot", HttpApp.StorefrontKey)]
    [InlineData("Storefront:ApiKeys:a|b", "a-long-enough-key-for-this")]
    public async Task Setting_ThatIsNoGoodKey_StopsTheStartAndIsNamedWithoutItsValue(string setting, string value)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => HttpApp.StartAsync(new() { [setting] = value }));

        Assert.Contains(setting, failure.Message);
        Assert.DoesNotContain(value, failure.Message);
    }

    [Fact]
    public async Task Setting_LongerThanAllowed_StopsTheStart() =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => HttpApp.StartAsync(new() { ["Ops:ApiKeys:robot"] = new string('k', 201) }));

    [Fact]
    public void ActorOf_NobodyOrAPerson_IsSystemOrTheirName()
    {
        var person = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "sari@example.com")], "Identity.Application"));

        Assert.Equal("system", Access.ActorOf(null));
        Assert.Equal("system", Access.ActorOf(new ClaimsPrincipal(new ClaimsIdentity())));
        Assert.Equal("sari@example.com", Access.ActorOf(person));
    }
}
