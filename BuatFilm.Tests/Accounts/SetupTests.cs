using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Accounts;

/// <summary>How the first account comes to be.</summary>
public sealed class SetupTests
{
    private const string Password = "sepeda biru di dermaga";

    [Fact]
    public async Task Link_OpenedByTwoAtOnce_MakesOneAdmin_AndThenNoMore()
    {
        await using var app = await AppHost.StartAsync();
        var link = app.Services.GetRequiredService<SetupLink>().Create();
        using var first = new StaffClient(app);
        using var second = new StaffClient(app);

        var answers = await Task.WhenAll(
            first.FillAsync(link, ("Form.Name", "Dewi"), ("Form.Email", "dewi@buatfilm.test"), ("Form.Password", Password)),
            second.FillAsync(link, ("Form.Name", "Eko"), ("Form.Email", "eko@buatfilm.test"), ("Form.Password", Password)));

        Assert.Single(answers, answer => answer.Location == "/");
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from accounts where role = 'Admin'"));
        Assert.Contains("tidak berlaku lagi", (await first.GetAsync(link)).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await (answers[0].Location == "/" ? first : second).GetAsync("/")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?token=")]
    [InlineData("?token=abc")]
    [InlineData("?token=%FF%FE")]
    public async Task Link_ThatIsNotOurs_OpensNothing(string query)
    {
        await using var app = await AppHost.StartAsync();
        using var client = new StaffClient(app);

        var page = await client.GetAsync("/account/setup" + query);

        Assert.Equal(200, page.Status);
        Assert.DoesNotContain("<form", page.Body, StringComparison.Ordinal);
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from accounts"));
    }

    [Fact]
    public async Task Settings_WithAnAdmin_MakeItOnce_AndTheNodeIsReadyAfterwards()
    {
        await using var app = await AppHost.StartAsync(("Setup:AdminEmail", "admin@buatfilm.test"), ("Setup:AdminPassword", Password));
        await AppHost.EventuallyAsync(async () => (int)(await app.Anonymous.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode == 200, "it is ready", 30);
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from accounts where email = 'admin@buatfilm.test' and role = 'Admin'"));
        await using var sibling = await app.StartSiblingAsync(("Setup:AdminEmail", "other@buatfilm.test"), ("Setup:AdminPassword", Password));
        await AppHost.EventuallyAsync(async () => (int)(await sibling.Anonymous.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode == 200, "the other is ready", 30);

        using var client = new StaffClient(app);
        Assert.Equal("/", (await client.SignInAsync("admin@buatfilm.test", Password)).Location);
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from accounts"));
    }

    [Theory]
    [InlineData("singkat", "too_short")]
    [InlineData("passwordpassword", "guessable")]
    [InlineData("buatfilm123456", "guessable")]
    [InlineData("aaaaaaaaaaaaaaaa", "guessable")]
    [InlineData("dewi.lestari@buatfilm.test", "guessable")]
    [InlineData("kopi tubruk pagi 47", null)]
    public void Passwords_ThatAreGuessed_AreRefused(string password, string? fault)
    {
        Assert.Equal(fault, PasswordRules.Fault(password, "dewi.lestari@buatfilm.test", "Dewi Lestari"));
    }
}
