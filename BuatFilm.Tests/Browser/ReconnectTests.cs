using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Support;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>A server that goes away and comes back, with a page open.</summary>
public sealed class ReconnectTests(MigratedCluster cluster) : IClassFixture<MigratedCluster>
{
    [Fact]
    public async Task Page_WhoseServerWasRestarted_ComesBackToTheSamePlaceByItself()
    {
        var browser = await Chromium.GetAsync();
        await using var app = new AppProcess(cluster, ("Setup:AdminEmail", "admin@buatfilm.test"), ("Setup:AdminPassword", SignedIn.Password));
        await app.StartAsync();
        await using var context = await browser.NewContextAsync();
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        var server = new Uri($"http://127.0.0.1:{app.Port}");
        await page.GotoAsync(new Uri(server, "/account/sign-in").ToString());
        await page.FillAsync("#email", "admin@buatfilm.test");
        await page.FillAsync("#password", SignedIn.Password);
        await page.Locator("[data-submit]").ClickAsync();
        await page.WaitForURLAsync(server.ToString());
        await page.GotoAsync(new Uri(server, "/glossary?from=shift#dlq").ToString());
        await page.LiveAsync();
        var stamp = await page.Locator("[data-stamp]").TextContentAsync();
        Assert.True(await page.Locator(".reconnect").IsHiddenAsync());

        app.Kill();
        await page.WaitForSelectorAsync(".reconnect:not([hidden])");
        Assert.Contains("Sambungan ke server terputus", await page.Locator(".reconnect [role=alert]").TextContentAsync(), StringComparison.Ordinal);
        Assert.NotEqual("", await page.Locator(".reconnect [data-since]").TextContentAsync());
        Assert.NotNull(stamp);
        Assert.True(await page.Locator("#dlq").IsVisibleAsync()); // What one was reading is still there.
        await page.IsAxeCleanAsync();
        await page.PictureAsync("reconnect");

        await app.StartAsync();

        await page.WaitForSelectorAsync(".reconnect", new PageWaitForSelectorOptions { State = WaitForSelectorState.Hidden });
        await page.LiveAsync();
        Assert.EndsWith("/glossary?from=shift#dlq", page.Url, StringComparison.Ordinal);
        Assert.False(await page.EvaluateAsync<bool>("() => 'disconnected' in document.documentElement.dataset"));
    }
}
