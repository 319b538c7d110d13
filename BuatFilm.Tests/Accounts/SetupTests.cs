using System.Net;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Accounts;

/// <summary>The very first account.</summary>
public sealed class SetupTests
{
    [Fact]
    public async Task Link_ThatTheStartPrints_MakesOneAdminHoweverManyUseIt()
    {
        await using var app = await AppHost.StartAsync();
        var link = app.Services.GetRequiredService<PrepareSetup>().LinkAt(app.Address.ToString())!.PathAndQuery;
        Assert.StartsWith("/account/setup?token=", link, StringComparison.Ordinal);
        Assert.Contains("Belum ada akun", await Page(app, "/account/sign-in"), StringComparison.Ordinal);
        using var short_ = app.Browser();
        using var refused = await short_.PostFormAsync(link, "setup", ("Form.Name", "Rina"), ("Form.Email", "rina@contoh.id"), ("Form.Password", "pendek"));
        Assert.Contains("minimal 12 karakter", await refused.TextAsync(), StringComparison.Ordinal);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async number =>
        {
            using var browser = app.Browser();
            using var answer = await browser.PostFormAsync(link, "setup", ("Form.Name", $"Admin {number}"), ("Form.Email", $"admin{number}@contoh.id"), ("Form.Password", SignedIn.Password));
            return answer.StatusCode;
        }));

        Assert.Single(answers, HttpStatusCode.Redirect);
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from users"));
        Assert.Equal("Admin", await app.ReadAsync<string>("select role from users"));
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from audit_log where action = 'account:set-up'"));
        Assert.Contains("tidak berlaku", await Page(app, link), StringComparison.Ordinal);
        Assert.DoesNotContain("Belum ada akun", await Page(app, "/account/sign-in"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_OfTwoNodes_MakeOneAdmin()
    {
        await using var app = await AppHost.StartAsync();
        var first = app.Services.GetRequiredService<SetUpFirstAccount>();
        await using var sibling = await app.StartSiblingAsync();
        var links = new[] { app, sibling }.Select(node => SignedIn.Query(node.Services.GetRequiredService<PrepareSetup>().LinkAt("http://127.0.0.1")!.PathAndQuery, "token")!).ToList();
        Assert.NotEqual(links[0], links[1]);

        var made = await Task.WhenAll(links.Select((token, number) => first.ExecuteAsync(token, $"Admin {number}", $"admin{number}@contoh.id", SignedIn.Password, "id", isUnattended: false, TestContext.Current.CancellationToken)));

        Assert.Single(made, id => id is not null);
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from users"));
    }

    [Fact]
    public async Task Link_ThatIsMadeUp_MakesNobody()
    {
        await using var app = await AppHost.StartAsync();

        Assert.Contains("tidak berlaku", await Page(app, "/account/setup?token=made-up"), StringComparison.Ordinal);
        Assert.Contains("tidak berlaku", await Page(app, "/account/setup"), StringComparison.Ordinal);
        Assert.Null(await app.Services.GetRequiredService<SetUpFirstAccount>().ExecuteAsync(null, "Admin", "admin@contoh.id", SignedIn.Password, "id", isUnattended: false, TestContext.Current.CancellationToken));
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from users"));
    }

    [Fact]
    public async Task Settings_MakeTheFirstAdminOnce_AndTheNodeIsReadyOnlyThen()
    {
        await using var app = await AppHost.StartAsync(("Setup:AdminEmail", "pertama@contoh.id"), ("Setup:AdminPassword", SignedIn.Password));
        Assert.True(app.Services.GetRequiredService<PrepareSetup>().IsMet);
        Assert.Null(app.Services.GetRequiredService<PrepareSetup>().LinkAt("http://127.0.0.1"));
        await AppHost.EventuallyAsync(async () => await app.Anonymous.StatusAsync("/health/ready") == HttpStatusCode.OK, "the node is ready", seconds: 30);

        await using var sibling = await app.StartSiblingAsync(("Setup:AdminEmail", "kedua@contoh.id"), ("Setup:AdminPassword", SignedIn.Password));

        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from users"));
        using var browser = sibling.Browser();
        using var answer = await browser.SignInAsync("pertama@contoh.id");
        Assert.Equal("/", answer.LeadsTo());
    }

    private static async Task<string> Page(AppHost app, string address)
    {
        using var browser = app.Browser();
        return await browser.PageAsync(address);
    }
}
