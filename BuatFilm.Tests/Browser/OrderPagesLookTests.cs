using System.Text;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>The list of orders and an order's page in a browser, while a shop and Midtrans are at work.</summary>
public sealed class OrderPagesLookTests(BrowserHost host) : BrowserTest(host), IClassFixture<BrowserHost>
{
    private static readonly PageWaitForSelectorOptions Patient = new() { Timeout = 15_000 };

    [Fact]
    public async Task Orders_WhenOneIsPlacedAndPaid_ShowItWithoutReload()
    {
        var app = await Host.AppAsync();
        Assert.Equal(201, (await app.OrderAsync(AppHost.Order("INV-2026-0001", 12_500_000))).Status);
        await TestPostgres.ExecuteAsync(app.ConnectionString, "update orders set status = 'on_hold' where order_id = 'INV-2026-0001'");
        var list = await OpenAsync("/orders");
        await list.WaitForSelectorAsync("tr[data-key='INV-2026-0001']");
        await list.EvaluateAsync("() => window.notReloaded = true");

        Assert.Equal(201, (await app.OrderAsync(AppHost.Order("INV-2026-0002"))).Status);

        await list.WaitForSelectorAsync("tr[data-key='INV-2026-0002'] [data-code=awaiting_payment]", Patient);
        await TestPostgres.ExecuteAsync(app.ConnectionString, "update orders set status = 'expired' where order_id = 'INV-2026-0002'");
        await list.WaitForSelectorAsync("tr[data-key='INV-2026-0002'] [data-code=expired]", Patient);
        Assert.True(await list.EvaluateAsync<bool>("() => window.notReloaded"));
        await list.IsGoodInEveryLookAsync("orders");

        await list.LookAsync(Look.Desktop);
        await list.Locator("tr[data-key='INV-2026-0002'] [data-row-link]").ClickAsync();
        await list.WaitForURLAsync("**/orders/INV-2026-0002");
        await list.WaitForSelectorAsync("[data-status=expired]");
    }

    [Fact]
    public async Task Order_WhileItIsPaid_FollowsAndTellsIt()
    {
        var app = await Host.AppAsync();
        Assert.Equal(201, (await app.OrderAsync(AppHost.Order("INV-2026-0010"))).Status);
        var page = await OpenAsync("/orders/INV-2026-0010");
        await page.WaitForSelectorAsync("[data-status=awaiting_payment]");
        await page.EvaluateAsync("() => window.notReloaded = true");

        var paid = AppHost.Sign(FakeMidtrans.Payment("INV-2026-0010", "look-tx", "settlement", 450_000, TimeProvider.System.GetUtcNow()));
        Assert.Equal((200, "applied"), await app.NotifyAsync(Encoding.UTF8.GetBytes(paid.ToJsonString())));

        await page.WaitForSelectorAsync("[data-status=paid]", Patient);
        await page.WaitForSelectorAsync("[data-payment=look-tx]", Patient);
        await page.WaitForSelectorAsync("[data-what=message_sent]", Patient);
        Assert.True(await page.EvaluateAsync<bool>("() => window.notReloaded"));
        Assert.DoesNotContain("Santoso", await page.ContentAsync(), StringComparison.Ordinal);
        await page.IsGoodInEveryLookAsync("order");
        await page.PictureWholeAsync("order-whole");
    }

    [Fact]
    public async Task Order_ThatIsQueuedOrHeldOrUnknown_IsGood()
    {
        var app = await Host.AppAsync();
        Assert.Equal(201, (await app.OrderAsync(AppHost.Order("INV-2026-0020"))).Status);
        await TestPostgres.ExecuteAsync(
            app.ConnectionString,
            """
            update orders set status = 'queued' where order_id = 'INV-2026-0020';
            update payment_sessions set state = 'queued', snap_token = null, redirect_url = null, opened_at = null, attempts = 3, last_error = 'breaker_open', next_attempt_at = app_now() + interval '10 minutes' where order_id = 'INV-2026-0020'
            """);
        var page = await OpenAsync("/orders/INV-2026-0020");
        await page.WaitForSelectorAsync("[data-session] [data-key=next] .countdown");
        await page.IsGoodInEveryLookAsync("order-queued");

        await page.LookAsync(Look.Desktop);
        await TestPostgres.ExecuteAsync(
            app.ConnectionString,
            """
            update orders set status = 'on_hold', paid_amount = 950000, charged_back_amount = 450000 where order_id = 'INV-2026-0020';
            insert into payments (order_id, transaction_id, midtrans_order_id, payment_type, issuer, state, gross_amount, has_paid, refunded_amount, charged_back_amount, confirmed, hold_reason, paid_at, created_at, updated_at)
            values ('INV-2026-0020', '0b2c7a56-9d1f-4b0e-8f53-2f3a5f5d7c11', 'INV-2026-0020', 'bank_transfer', 'bca', 'settlement', 500000, true, 0, 0, false, 'amount', app_now(), app_now(), app_now());
            insert into alerts (kind, severity, target, data, dedupe_key) values ('amount_mismatch', 'critical', 'INV-2026-0020', '{}', 'm:INV-2026-0020')
            """);
        await page.WaitForSelectorAsync("[data-hold=amount]", Patient);
        await page.WaitForSelectorAsync("[data-what=order_held]", Patient);
        await page.IsGoodInEveryLookAsync("order-held");
        await page.PictureWholeAsync("order-held-whole");

        await page.LookAsync(Look.Desktop);
        await page.GotoAsync("/orders/INV-NONE");
        await page.LiveAsync();
        await page.WaitForSelectorAsync("[data-state=unknown]");
        await page.IsGoodInEveryLookAsync("order-unknown");
    }
}

internal static class WholePictures
{
    /// <summary>The whole page on a wide screen and on a phone, for people to look at.</summary>
    public static async Task PictureWholeAsync(this IPage page, string name)
    {
        await page.LookAsync(Look.Desktop);
        await page.PictureAsync(name, isWhole: true);
        await page.LookAsync(Look.PhoneDark);
        await page.PictureAsync($"{name}-phone", isWhole: true);
    }
}
