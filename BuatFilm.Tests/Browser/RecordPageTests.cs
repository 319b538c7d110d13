using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using BuatFilm.Tests.Webhooks;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>The pages one looks things up on: Midtrans' news, the audit log, idempotency keys, recurring jobs.</summary>
public sealed class RecordPageTests(BrowserHost host) : BrowserTest(host), IClassFixture<BrowserHost>
{
    private static readonly PageWaitForSelectorOptions Patient = new() { Timeout = 60_000 };

    [Fact]
    public async Task PaymentEvents_WhenNewsArrives_ShowItWithItsVerdict_AndAreGood()
    {
        var app = await Host.AppAsync();
        await TestPostgres.ExecuteAsync(app.ConnectionString, ShopRows.Order("INV-1"));
        var page = await OpenAsync("/payment-events?q=INV-1");
        await page.WaitForSelectorAsync("[data-state=no-match]");
        await page.EvaluateAsync("() => window.notReloaded = true");

        await TestPostgres.ExecuteAsync(app.ConnectionString, ShopRows.Event(WebhookHost.News("INV-1", "trx-1", "pending"), "applied", ago: "5 minutes"));
        await TestPostgres.ExecuteAsync(app.ConnectionString, ShopRows.Event(WebhookHost.News("INV-1", "trx-1", "settlement"), "applied"));
        var odd = await app.ReadAsync<long>(ShopRows.Event(WebhookHost.News("INV-1", "trx-2", "settlement", 90_000), "mismatch", "amount", ago: "1 second"));

        await page.WaitForSelectorAsync($"tr[data-key='{odd}'] [data-code=mismatch]", Patient);
        Assert.True(await page.EvaluateAsync<bool>("() => window.notReloaded"));
        await page.IsGoodInEveryLookAsync("payment-events");
        await page.LookAsync(Look.Desktop);
        await page.Locator($"tr[data-key='{odd}'] [data-row-link]").ClickAsync();
        await page.WaitForSelectorAsync("[data-check=Amount][data-result=Failed]");
        await page.IsGoodInEveryLookAsync("payment-event");

        // A signature in full is nobody's business, whatever the right.
        await page.LookAsync(Look.Desktop);
        Assert.DoesNotContain((string)WebhookHost.News("INV-1", "trx-2", "settlement", 90_000)["signature_key"]!, await page.ContentAsync(), StringComparison.Ordinal);
        await page.Locator("[data-action=reveal]").ClickAsync();
        await page.Locator("dialog[open] textarea").FillAsync("bank menanyakan nomor VA");
        await page.Locator("dialog[open] [data-confirm]").ClickAsync();
        await page.WaitForSelectorAsync("[data-payload=whole]");
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from audit_log where action = 'payment-events:read-raw' and reason = 'bank menanyakan nomor VA'"));
    }

    [Fact]
    public async Task AuditLog_WhenSomebodyActs_ShowsItAndProvesItsChain()
    {
        var app = await Host.AppAsync();
        var page = await OpenAsync("/audit");
        var jobs = await OpenAsync("/recurring-jobs?item=verify-audit");
        await jobs.Locator("[data-action=run]").ClickAsync();
        await jobs.Locator("dialog[open] textarea").FillAsync("laporan bulanan");
        await jobs.Locator("dialog[open] [data-confirm]").ClickAsync();

        await page.WaitForSelectorAsync("tbody tr[data-key]", Patient);
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from audit_log where target = 'job:verify-audit' and outcome = 'done'") == 1, "the start is on record");
        await page.Locator("[data-action=verify]").ClickAsync();
        await page.WaitForSelectorAsync("[data-chain=whole]");
        await page.Locator("tbody tr [data-row-link]").First.ClickAsync();
        await page.WaitForSelectorAsync(".detail-pane dl");
        await page.IsGoodInEveryLookAsync("audit");

        await jobs.WaitForSelectorAsync("tr[data-key=verify-audit] [data-code=Succeeded]", Patient);
        await jobs.IsGoodInEveryLookAsync("recurring-jobs");
    }

    [Fact]
    public async Task IdempotencyKeys_OfOrders_AreListedAndGood()
    {
        var app = await Host.AppAsync();
        var page = await OpenAsync("/idempotency");
        Assert.Equal(201, (await app.OrderAsync(AppHost.Order("INV-9"))).Status);

        await page.WaitForSelectorAsync("tbody tr[data-key]", Patient);
        await page.Locator("tbody tr [data-row-link]").First.ClickAsync();
        await page.WaitForSelectorAsync(".detail-pane dl");
        await page.IsGoodInEveryLookAsync("idempotency");
    }
}
