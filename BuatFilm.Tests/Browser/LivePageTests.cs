using System.Globalization;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Npgsql;

namespace BuatFilm.Tests.Browser;

/// <summary>What changes on open pages without anybody loading them again.</summary>
public sealed class LivePageTests(BrowserHost host) : BrowserTest(host), IClassFixture<BrowserHost>
{
    [Fact]
    public async Task Level_WhenAServiceFails_ShowsWithoutReload()
    {
        var page = await OpenAsync("/");
        await page.EvaluateAsync("() => window.notReloaded = true");
        var board = (await Host.AppAsync()).Services.GetRequiredService<StatusBoard>();
        var now = TimeProvider.System.GetUtcNow();

        board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Open, now, now.AddMinutes(1)));

        await page.WaitForSelectorAsync(".level[data-level=Degraded]");
        await page.WaitForSelectorAsync("[data-service=Smtp] [data-state=Open]");
        board.Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Closed, now, null).WithProbe(ExternalService.Smtp, ServiceHealth.Healthy, now));
        await page.WaitForSelectorAsync(".level[data-level=Normal]");
        Assert.True(await page.EvaluateAsync<bool>("() => window.notReloaded"));
    }

    [Fact]
    public async Task List_WhenAnotherProcessWrites_ShowsItWithinASecondOrTwo()
    {
        var page = await OpenAsync("/demo-list");
        await page.WaitForSelectorAsync("tr[data-key=INV-0240]");
        Host.Shelf.Add(241);

        await WriteAsync();

        await page.WaitForSelectorAsync("tr[data-key=INV-0241]");
    }

    [Fact]
    public async Task List_WhileSomebodyHasScrolled_DoesNotMoveUnderThem()
    {
        var page = await OpenAsync("/demo-list?status=refunded");
        var row = page.Locator("tbody tr").Nth(8);
        var key = await row.GetAttributeAsync("data-key");
        await page.EvaluateAsync("() => scrollTo(0, 600)");
        var before = (await row.BoundingBoxAsync())!.Y;

        Host.Shelf.Change(rows => rows.Add(DemoShelf.Make(10_000) with { Status = BuatFilm.Core.Orders.OrderStatus.Refunded }));
        await WriteAsync();

        await page.WaitForSelectorAsync("[data-news]");
        Assert.Equal(before, (await page.Locator($"tr[data-key={key}]").BoundingBoxAsync())!.Y);
        Assert.Empty(await page.QuerySelectorAllAsync("tr[data-key=INV-10000]"));
        await page.Locator("[data-news]").ClickAsync();
        await page.WaitForSelectorAsync("tr[data-key=INV-10000]");
        Assert.InRange(await page.EvaluateAsync<float>("() => document.querySelector('.list').getBoundingClientRect().top"), 0, 200);
    }

    [Fact]
    public async Task Keyboard_InAList_GoesFromRowToRowAndIntoTheDetailsAndBack()
    {
        var page = await OpenAsync("/demo-list?q=INV-00");
        await page.Locator("tbody tr [data-row-link]").First.FocusAsync();

        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        Assert.Equal("INV-0098", await page.EvaluateAsync<string>("() => document.activeElement.closest('tr').dataset.key"));

        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => document.activeElement.classList.contains('detail-pane')");
        Assert.Contains("item=INV-0098", page.Url, StringComparison.Ordinal);
        await page.Keyboard.PressAsync("Escape");

        await page.WaitForFunctionAsync("() => document.activeElement.closest('tr')?.dataset.key === 'INV-0098'");
        Assert.DoesNotContain("item=", page.Url, StringComparison.Ordinal);
        await page.GoBackAsync();
        await page.WaitForSelectorAsync(".detail-pane");
    }

    [Fact]
    public async Task Question_WhileItIsOpen_KeepsTheFocusAndGivesItBack()
    {
        var page = await OpenAsync("/demo-list");
        await page.Locator("tr[data-key=INV-0200] input").ClickAsync();
        await page.Locator("[data-action=retry]").ClickAsync();
        await page.WaitForFunctionAsync("() => document.activeElement.matches('dialog textarea')");

        for (var tab = 0; tab < 6; tab++)
        {
            await page.Keyboard.PressAsync("Tab");
            Assert.True(await page.EvaluateAsync<bool>("() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"));
        }

        await page.Keyboard.PressAsync("Escape");

        await page.WaitForFunctionAsync("() => document.activeElement.matches('[data-action=retry]')");
        await page.Locator("[data-answer]").GetByText("batal").WaitForAsync();
    }

    [Fact]
    public async Task Csv_OfAList_IsAFile()
    {
        var page = await OpenAsync("/demo-list?q=INV-000");

        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("[data-csv]").ClickAsync());

        Assert.Matches(@"^demo-\d{8}-\d{6}\.csv$", download.SuggestedFilename);
        var lines = await File.ReadAllLinesAsync((await download.PathAsync())!, TestContext.Current.CancellationToken);
        Assert.Equal(10, lines.Length);
        Assert.StartsWith("INV-0009;", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Theme_ThatSomebodyChose_IsRememberedAndSaid()
    {
        var page = await OpenAsync("/");
        Assert.Equal("light", await page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));

        await page.Locator(".user-button").ClickAsync();
        await page.Locator("[data-theme-choice=dark]").ClickAsync();
        Assert.Equal("true", await page.Locator("[data-theme-choice=dark]").GetAttributeAsync("aria-pressed"));
        await page.ReloadAsync();
        Assert.Equal("dark", await page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
        await page.LiveAsync();
        await page.Locator(".user-button").ClickAsync();
        await page.Locator("[data-theme-choice=system]").ClickAsync();

        Assert.Equal("light", await page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
    }

    [Fact]
    public async Task Language_Chosen_LeadsBackToTheSameList()
    {
        var page = await OpenAsync("/demo-list");
        await page.Locator("#demo-q").FillAsync("INV-01");
        await page.WaitForURLAsync("**/demo-list?q=INV-01");

        await page.Locator(".user-button").ClickAsync();
        await page.Locator("#user-menu a[lang=en]").ClickAsync();

        await page.WaitForSelectorAsync("html[lang=en]");
        Assert.EndsWith("/demo-list?q=INV-01", page.Url, StringComparison.Ordinal);
        Assert.Equal("INV-01", await page.Locator("#demo-q").InputValueAsync());
    }

    [Fact]
    public async Task Search_WhileOneTypes_KeepsEveryLetter()
    {
        var page = await OpenAsync("/demo-list");

        await page.Locator("#demo-q").PressSequentiallyAsync("Budi Santoso", new LocatorPressSequentiallyOptions { Delay = 60 });

        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('tbody bdi')].length > 0 && document.querySelector('[data-count]').textContent !== '240 baris'");
        await page.WaitForURLAsync("**/demo-list?q=Budi*");
        Assert.Equal("Budi Santoso", await page.Locator("#demo-q").InputValueAsync());
    }

    [Fact]
    public async Task List_WhenItsCircuitStarts_DoesNotFlickerAndIsLight()
    {
        var page = await OpenAsync("/");
        await page.AddInitScriptAsync("new MutationObserver(() => window.sawSkeleton ||= !!document.querySelector('.skeleton')).observe(document, { childList: true, subtree: true })");

        await page.GotoAsync("/demo-list");
        await page.LiveAsync();

        Assert.NotEqual(true, await page.EvaluateAsync<bool?>("() => window.sawSkeleton ?? null"));
        Assert.Equal(50, await page.Locator("tbody tr").CountAsync());
        Assert.InRange(await page.EvaluateAsync<int>("() => document.querySelector('.list').outerHTML.length"), 1, 60_000);
    }

    private async Task WriteAsync()
    {
        await using var connection = new NpgsqlConnection((await Host.AppAsync()).ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            string.Create(CultureInfo.InvariantCulture, $"insert into alerts (kind, severity, data, dedupe_key, raised_at, occurrences, last_raised_at) values ('test', 'info', '{{}}', '{Guid.NewGuid()}', now(), 1, now())"), connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
