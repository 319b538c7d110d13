using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>Every page of the shell can be read by everybody: axe finds nothing, in both themes, on a wide screen and on a phone.</summary>
public sealed class PageLookTests(BrowserHost host) : BrowserTest(host), IClassFixture<BrowserHost>
{
    private static readonly PageWaitForSelectorOptions Attached = new() { State = WaitForSelectorState.Attached };

    [Theory]
    [InlineData("/", "overview")]
    [InlineData("/glossary", "glossary")]
    [InlineData("/not-there", "not-found")]
    [InlineData("/demo-list", "list")]
    [InlineData("/demo-list?q=zzz", "list-no-match")]
    public async Task Page_InEveryLook_IsGood(string path, string name)
    {
        var page = await OpenAsync(path);

        await page.IsGoodInEveryLookAsync(name);
    }

    [Fact]
    public async Task Overview_WhileServicesAreDown_IsGood()
    {
        var page = await OpenAsync("/");
        var board = (await Host.AppAsync()).Services.GetRequiredService<StatusBoard>();
        var now = TimeProvider.System.GetUtcNow();
        board.Publish(snapshot => snapshot
            .WithBreaker(ExternalService.Smtp, BreakerState.Open, now, now.AddSeconds(90))
            .WithBreaker(ExternalService.Midtrans, BreakerState.HalfOpen, now, null)
            .WithBreaker(ExternalService.WhatsApp, BreakerState.Isolated, now, null));
        await page.WaitForSelectorAsync("[data-service=WhatsApp] [data-state=Isolated]");

        await page.IsGoodInEveryLookAsync("overview-down");
    }

    [Fact]
    public async Task List_WithASelectionAQuestionAndDetails_IsGood()
    {
        var page = await OpenAsync("/demo-list");
        await page.Locator("tr[data-key=INV-0239] input").ClickAsync();
        await page.Locator("tr[data-key=INV-0238] input").ClickAsync();
        await page.WaitForSelectorAsync(".selection-bar");
        await page.IsGoodInEveryLookAsync("list-selected");

        await page.LookAsync(Look.Desktop);
        await page.Locator("[data-action=retry]").ClickAsync();
        await page.WaitForSelectorAsync("dialog[open] textarea");
        await page.IsGoodInEveryLookAsync("list-question");
        await page.Keyboard.PressAsync("Escape");
        await page.WaitForSelectorAsync("dialog:not([open])", Attached);

        await page.LookAsync(Look.Desktop);
        await page.Locator("tr[data-key=INV-0237] [data-row-link]").ClickAsync();
        await page.WaitForSelectorAsync(".detail-pane");
        await page.IsGoodInEveryLookAsync("list-details");
    }

    [Fact]
    public async Task Menus_OnAPhone_OpenAndAreGood()
    {
        var page = await OpenAsync("/", Look.PhoneDark);

        await page.Locator(".menu-button").ClickAsync();
        await page.WaitForSelectorAsync("#menu:popover-open");
        await page.PictureAsync("menu-phone-dark");
        await page.IsAxeCleanAsync();
        await page.Locator("#menu a[href='/glossary']").ClickAsync();
        await page.WaitForURLAsync("**/glossary");
        await page.WaitForSelectorAsync("#menu:not(:popover-open)", Attached);

        await page.Locator(".user-button").ClickAsync();
        await page.WaitForSelectorAsync("#user-menu:popover-open");
        await page.PictureAsync("user-menu-phone-dark");
        await page.IsAxeCleanAsync();
    }
}
