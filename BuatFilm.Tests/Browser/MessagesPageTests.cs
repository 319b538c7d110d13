using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Operations;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>Dead letters from their arrival to their delivery, as several people see them.</summary>
public sealed class MessagesPageTests(BrowserHost host) : BrowserTest(host), IClassFixture<BrowserHost>
{
    [Fact]
    public async Task DeadLetter_ThatArrivesWhileSomebodySelects_IsOfferedAndMovesNothing()
    {
        var app = await Host.AppAsync();
        var ids = await DeadLetters.AddAsync(app.ConnectionString, 3, "LIVE-");
        var page = await OpenAsync("/dead-letters?q=LIVE-");
        await page.Locator(Row(ids[1]) + " input").ClickAsync();
        await page.WaitForSelectorAsync(".selection-bar");
        var before = await page.Locator(Row(ids[1])).BoundingBoxAsync();

        var more = await DeadLetters.AddAsync(app.ConnectionString, 1, "LIVE-X");

        await page.WaitForSelectorAsync("[data-news]");
        Assert.Equal(before!.Y, (await page.Locator(Row(ids[1])).BoundingBoxAsync())!.Y);
        Assert.True(await page.Locator(Row(ids[1]) + " input").IsCheckedAsync());
        await page.IsGoodInEveryLookAsync("dead-letters");
        await page.LookAsync(Look.Desktop);
        await page.Locator("[data-news]").ClickAsync();
        await page.WaitForSelectorAsync(Row(more[0]));
        Assert.True(await page.Locator(Row(ids[1]) + " input").IsCheckedAsync());
    }

    [Fact]
    public async Task Requeue_OfOne_IsDeliveredWhileThePageIsOpen()
    {
        var app = await Host.AppAsync();
        var id = (await DeadLetters.AddAsync(app.ConnectionString, 1, "ONE-"))[0];
        var page = await OpenAsync($"/dead-letters?item={id}");
        await page.WaitForSelectorAsync("[data-step=attempt-1]");
        await page.IsGoodInEveryLookAsync("dead-letter");
        await page.LookAsync(Look.Desktop);

        await page.Locator("[data-action=requeue]").ClickAsync();
        await page.Locator("dialog[open] [data-confirm]").ClickAsync();

        await page.WaitForSelectorAsync(".detail-pane [data-code=sent]");
        await page.WaitForSelectorAsync("[data-step=attempt-2]");
        var messages = (await app.Anonymous.GetFromJsonAsync<JsonArray>("/sandbox/api/messages", TestContext.Current.CancellationToken))!;
        Assert.Contains(messages, message => (string?)message!["orderId"] == "ONE-1");
    }

    [Fact]
    public async Task Requeue_OfMany_IsCountedUndoneStartedAgainAndWatchedBySomebodyElse()
    {
        var app = await Host.AppAsync();
        await DeadLetters.AddAsync(app.ConnectionString, 60, "MANY-");
        await DeadLetters.AddAsync(app.ConnectionString, 4, "MANY-GONE-", orderStatus: "cancelled");
        var page = await OpenAsync("/dead-letters?q=MANY-");
        var other = await OpenAsync("/dead-letters");

        await StartAsync(page);
        await other.WaitForSelectorAsync("[data-running] [data-action=undo]");
        await page.Locator("[data-running] [data-action=undo]").ClickAsync();
        await page.WaitForSelectorAsync("[data-running] [data-state=cancelled]");
        Assert.Equal(64, await app.ReadAsync<long>("select count(*) from outbox_dead d join notification_outbox m on m.id = d.message_id where m.order_id like 'MANY-%'"));

        await StartAsync(page);
        await other.WaitForSelectorAsync("[data-running] [data-state=running]");
        await other.PictureAsync("requeue-running");
        await other.Locator("[data-running] [data-state=running] [data-receipt-link]").ClickAsync();
        await other.WaitForSelectorAsync(".operation-card[data-state=finished]", new PageWaitForSelectorOptions { Timeout = 60_000 });

        Assert.Equal(("64", "60", "4"), (await TextAsync(other, "[data-total]"), await TextAsync(other, "[data-done]"), await TextAsync(other, "[data-skipped]")));
        await other.WaitForFunctionAsync("() => document.querySelector('[data-deliveries]')?.textContent.includes('60 sudah terkirim')", null, new PageWaitForFunctionOptions { Timeout = 60_000 });
        await other.IsGoodInEveryLookAsync("operation");
        await other.LookAsync(Look.Desktop);
        var download = await other.RunAndWaitForDownloadAsync(() => other.Locator("[data-csv]").ClickAsync());
        var lines = await File.ReadAllLinesAsync((await download.PathAsync())!, TestContext.Current.CancellationToken);
        Assert.Equal(65, lines.Length);
        Assert.Equal(4, lines.Count(line => line.Contains("pesanan sudah batal", StringComparison.Ordinal)));

        await other.GotoAsync("/operations");
        await other.LiveAsync();
        await other.IsGoodInEveryLookAsync("operations");
        await other.GotoAsync("/outbox");
        await other.LiveAsync();
        await other.WaitForSelectorAsync("tbody tr[data-key]");
        await other.IsGoodInEveryLookAsync("outbox");
    }

    private static async Task StartAsync(IPage page)
    {
        await page.LookAsync(Look.Desktop);
        await page.WaitForFunctionAsync("() => document.querySelectorAll('tbody tr[data-key]').length === 50");
        await page.Locator("thead input").ClickAsync();
        await page.Locator("[data-select-all]").ClickAsync();
        await page.Locator("[data-action=requeue-selected]").ClickAsync();
        await page.WaitForSelectorAsync("dialog[open] #requeue-reason");
        Assert.Equal("Kirim ulang 64 pesan?", await TextAsync(page, "#requeue-title"));
        Assert.Equal("64 Email", await TextAsync(page, "[data-fact=channels]"));
        Assert.Equal("60 pelanggan, nilai pesanan Rp28.800.000", await TextAsync(page, "[data-fact=customers]"));
        Assert.Equal("60 pesan akan dikirim, 4 dilewati.", await TextAsync(page, "[data-leaving]"));
        await page.IsGoodInEveryLookAsync("requeue-dialog");
        await page.LookAsync(Look.Desktop);
        await page.Locator("#requeue-reason").FillAsync("server email sudah pulih");
        await page.Locator("dialog[open] [data-confirm]").ClickAsync();
        await page.WaitForSelectorAsync("[data-running] [data-action=undo]");
    }

    private static async Task<string?> TextAsync(IPage page, string selector) => (await page.Locator(selector).First.TextContentAsync())?.Trim();

    private static string Row(long id) => string.Create(CultureInfo.InvariantCulture, $"tr[data-key=\"{id}\"]");
}
