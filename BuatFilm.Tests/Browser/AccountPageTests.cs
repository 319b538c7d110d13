using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Shell;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>People sign in by the real page, and find what is theirs.</summary>
public sealed class AccountPageTests : IClassFixture<BrowserHost>, IAsyncDisposable
{
    private static readonly PageWaitForSelectorOptions Attached = new() { State = WaitForSelectorState.Attached };

    private readonly BrowserHost _host;
    private readonly List<IBrowserContext> _contexts = [];

    public AccountPageTests(BrowserHost host)
    {
        _host = host;
        _host.Configure = null; // Nobody is signed in but by the page.
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(Roles.Viewer, "Ayu Pemantau")]
    [InlineData(Roles.Operator, "Bayu Operator")]
    [InlineData(Roles.Finance, "Citra Keuangan")]
    [InlineData(Roles.Admin, "Dimas Admin")]
    public async Task EachRole_SignsInAndSeesExactlyItsMenu(string role, string name)
    {
        var app = await _host.AppAsync();
        var page = await SignInAsync(role, name, "/glossary");
        await page.LiveAsync();

        var links = await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('#menu a')].map(link => link.getAttribute('href'))");

        var routes = app.Services.GetRequiredService<PageRoutes>();
        var permissions = Roles.PermissionsOf(role);
        var expected = MenuEntries.All
            .Where(entry => entry.IsExternal || routes.Has(entry.Href))
            .Where(entry => entry.Permission is null || permissions.Contains(entry.Permission))
            .Select(entry => entry.Href);
        Assert.Equal(expected.Order(StringComparer.Ordinal), links.Order(StringComparer.Ordinal));
        Assert.Equal(role == Roles.Admin, links.Contains("/users"));
        Assert.Equal(role == Roles.Admin, links.Contains("/api-keys"));
        Assert.Contains("/jobs", links);
        Assert.Contains(name, await page.Locator("#user-menu").TextContentAsync(), StringComparison.Ordinal);

        // And out again, by the menu, whatever else is open.
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync("/");
        await other.LiveAsync();
        await page.Locator(".user-button").ClickAsync();
        await page.Locator("#user-menu form button").ClickAsync();
        await page.WaitForURLAsync("**/account/sign-in?done=left");
        await other.WaitForURLAsync("**/account/sign-in?returnUrl=**");
    }

    [Fact]
    public async Task AccountPages_InEveryLook_AreGood()
    {
        await _host.AppAsync();
        var page = await OpenAsync("/account/setup?token=gone");
        await page.IsGoodInEveryLookAsync("account-setup-gone");
        await page.GotoAsync("/account/sign-in");
        await page.IsGoodInEveryLookAsync("account-sign-in");
        await page.FillAsync("#email", "tiada@contoh.id");
        await page.FillAsync("#password", "salah sama sekali");
        await page.Locator("[data-show-password]").ClickAsync();
        Assert.Equal("text", await page.Locator("#password").GetAttributeAsync("type"));
        await page.Locator("[data-submit]").ClickAsync();
        await page.WaitForSelectorAsync(".form-problem");
        Assert.Equal("tiada@contoh.id", await page.InputValueAsync("#email"));
        await page.IsGoodInEveryLookAsync("account-sign-in-wrong");

        await page.GotoAsync("/account/forgot-password");
        await page.IsGoodInEveryLookAsync("account-forgot");
        await page.FillAsync("#email", "tiada@contoh.id");
        await page.Locator("[data-submit]").ClickAsync();
        await page.WaitForSelectorAsync("[data-sent]");
        await page.IsGoodInEveryLookAsync("account-forgot-sent");

        await page.GotoAsync("/no-such-page");
        await page.IsGoodInEveryLookAsync("not-found-signed-out");
    }

    [Fact]
    public async Task Setup_ByTheLinkThatTheStartPrints_LeadsToTheOverview()
    {
        await using var app = await AppHost.StartAsync();
        var page = await OpenAsync("/account/setup?token=gone");
        await page.GotoAsync(app.Services.GetRequiredService<PrepareSetup>().LinkAt(app.Address.ToString())!.AbsoluteUri);
        await page.IsGoodInEveryLookAsync("account-setup");
        await page.LookAsync(Look.Desktop);

        await page.FillAsync("#name", "Rina Wulandari");
        await page.FillAsync("#email", "rina@contoh.id");
        await page.FillAsync("#password", "katasandi12345");
        await page.Locator("[data-submit]").ClickAsync();
        await page.WaitForSelectorAsync("#password-problem:not(:empty)");
        await page.IsGoodInEveryLookAsync("account-setup-weak");
        await page.LookAsync(Look.Desktop);
        await page.FillAsync("#password", SignedIn.Password);
        await page.Locator("[data-submit]").ClickAsync();
        await page.WaitForURLAsync("**/account/sign-in?done=setup");
        await page.FillAsync("#email", "rina@contoh.id");
        await page.FillAsync("#password", SignedIn.Password);
        await page.Locator("[data-submit]").ClickAsync();

        await page.LiveAsync();
        Assert.Equal("/", new Uri(page.Url).PathAndQuery);
        await page.CloseAsync(); // Before its server goes.
    }

    [Fact]
    public async Task OwnAccountAndNoRight_InEveryLook_AreGood()
    {
        var page = await SignInAsync(Roles.Operator, "Elok Operator", "/account");
        await page.IsGoodInEveryLookAsync("account-own");

        await page.GotoAsync("/users");
        await page.LiveAsync();
        await page.WaitForSelectorAsync("[data-no-right] [data-permission='users:manage']");
        await page.IsGoodInEveryLookAsync("account-no-right");
    }

    [Fact]
    public async Task Users_AreInvitedGivenARoleAndLocked_AndTheirOpenPagesEnd()
    {
        var app = await _host.AppAsync();
        var page = await SignInAsync(Roles.Admin, "Fajar Admin", "/users");
        await page.LiveAsync();
        var victim = await SignInAsync(Roles.Viewer, "Galih Pemantau", "/glossary");
        await victim.LiveAsync();

        await page.Locator("[data-action=invite]").ClickAsync();
        await page.FillAsync("#invite-name", "Hesti Baru");
        await page.FillAsync("#invite-email", "bukan alamat");
        await page.Locator("[data-form] [data-submit]").ClickAsync();
        await page.FillAsync("#invite-email", "hesti@contoh.id");
        await page.SelectOptionAsync("#invite-role", Roles.Finance);
        await page.IsGoodInEveryLookAsync("users-invite");
        await page.LookAsync(Look.Desktop);
        await page.Locator("[data-form] [data-submit]").ClickAsync();
        await page.WaitForSelectorAsync("[data-news-line]");
        await page.WaitForSelectorAsync("tbody [data-code=invited]");
        await page.IsGoodInEveryLookAsync("users");

        await page.LookAsync(Look.Desktop);
        await page.Locator("tbody a", new PageLocatorOptions { HasText = "Galih Pemantau" }).ClickAsync();
        await page.WaitForSelectorAsync(".detail-pane [data-action=lock]");
        await page.IsGoodInEveryLookAsync("users-details");
        await page.LookAsync(Look.Desktop);
        await page.Locator(".detail-pane [data-action=lock]").ClickAsync();
        await page.Locator("dialog[open] [data-confirm]").ClickAsync();
        await page.WaitForSelectorAsync(".detail-pane [data-action=unlock]");
        Assert.True(await app.ReadAsync<bool>("select locked_at is not null from users where name = 'Galih Pemantau'"));

        // Its open page ends without anybody touching it.
        await victim.WaitForURLAsync("**/account/sign-in?returnUrl=%2Fglossary", new PageWaitForURLOptions { Timeout = 70_000 });
    }

    [Fact]
    public async Task ApiKeys_AreMadeShownOnceAndRevoked()
    {
        var app = await _host.AppAsync();
        var page = await SignInAsync(Roles.Admin, "Indra Admin", "/api-keys");
        await page.LiveAsync();
        await page.WaitForSelectorAsync("[data-state=empty]");
        await page.IsGoodInEveryLookAsync("api-keys-empty");

        await page.LookAsync(Look.Desktop);
        await page.Locator("[data-action=new]").ClickAsync();
        await page.FillAsync("#key-name", "robot-uji");
        await page.SelectOptionAsync("#key-kind", "ops");
        await page.WaitForSelectorAsync("#key-role");
        await page.IsGoodInEveryLookAsync("api-keys-form");
        await page.LookAsync(Look.Desktop);
        await page.Locator("[data-form] [data-submit]").ClickAsync();
        var key = (await page.Locator("[data-key-value]").TextContentAsync())!.Trim();
        await page.IsGoodInEveryLookAsync("api-keys-made");
        await page.LookAsync(Look.Desktop);
        using var client = app.Client(key);
        Assert.Equal(System.Net.HttpStatusCode.OK, await client.StatusAsync("/api/ops/v1/status"));

        await page.ReloadAsync();
        await page.LiveAsync();
        Assert.DoesNotContain(key, await page.ContentAsync(), StringComparison.Ordinal);
        await page.Locator("tbody a", new PageLocatorOptions { HasText = "robot-uji" }).ClickAsync();
        await page.Locator(".detail-pane [data-action=revoke]").ClickAsync();
        await page.FillAsync("dialog[open] textarea", "Hanya untuk uji coba");
        await page.Locator("dialog[open] [data-confirm]").ClickAsync();
        await page.WaitForSelectorAsync("tbody [data-code=revoked]", Attached);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await client.StatusAsync("/api/ops/v1/status"));
    }

    private async Task<IPage> OpenAsync(string path)
    {
        var context = await _host.NewBrowserAsync(Look.Desktop);
        _contexts.Add(context);
        var page = await context.NewPageAsync();
        await page.GotoAsync(path);
        return page;
    }

    /// <summary>Adds somebody, asks for a page, is led to the sign-in, signs in there, and arrives.</summary>
    private async Task<IPage> SignInAsync(string role, string name, string path)
    {
        await (await _host.AppAsync()).AddPersonAsync(role, name);
        var page = await OpenAsync(path);
        await page.WaitForURLAsync("**/account/sign-in?returnUrl=**");
        await page.FillAsync("#email", $"{name.ToLowerInvariant().Replace(' ', '.')}@contoh.id");
        await page.FillAsync("#password", SignedIn.Password);
        await page.Locator("[data-submit]").ClickAsync();
        await page.WaitForURLAsync($"**{path}");
        return page;
    }
}
