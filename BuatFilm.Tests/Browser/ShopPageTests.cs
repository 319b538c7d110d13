using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>The sandbox's shop, used as a customer would: by what is written on it.</summary>
public sealed class ShopPageTests(BrowserHost host) : BrowserTest(host), IClassFixture<BrowserHost>
{
    [Fact]
    public async Task Shop_FromOrderToMessages_WorksByItsLabels()
    {
        var page = await OpenShopAsync();
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };

        await page.GetByLabel("Nama", new PageGetByLabelOptions { Exact = true }).FillAsync("<b>Sari</b> & Anak");
        await page.GetByLabel("Teaser acara 60 detik").CheckAsync();
        Assert.Equal("Rp5.750.000", await page.Locator("#total").TextContentAsync());
        await page.GetByText("Pesan sekarang").ClickAsync();
        await page.GetByText("Silakan bayar di bawah").WaitForAsync();
        var order = page.Locator("[data-order]").First;
        var orderId = (await order.GetAttributeAsync("data-order"))!;
        Assert.Equal("Menunggu pembayaran", await order.Locator(".state").TextContentAsync());
        Assert.Equal($"/orders/{orderId}", await order.GetByText("Lihat di konsol").GetAttributeAsync("href"));

        await order.GetByLabel("Cara bayar").SelectOptionAsync("QRIS");
        await order.GetByText("Bayar", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await order.GetByText("Lunas").WaitForAsync();
        Assert.False(await order.GetByText("Bayar", new LocatorGetByTextOptions { Exact = true }).IsVisibleAsync()); // It is paid.
        await page.Locator($"[data-channel=whatsapp][data-of='{orderId}']").WaitForAsync();
        var mail = page.Locator($"[data-channel=email][data-of='{orderId}'] iframe");
        await mail.WaitForAsync();
        Assert.Equal("", await mail.GetAttributeAsync("sandbox"));
        await page.FrameLocator($"[data-of='{orderId}'] iframe").Locator("h1").WaitForAsync();

        // A name is text wherever it is shown.
        Assert.Equal(0, await page.FrameLocator($"[data-of='{orderId}'] iframe").Locator("b", new FrameLocatorLocatorOptions { HasTextString = "Sari" }).CountAsync());
        Assert.Empty(errors);
        await IsGoodAsync(page, "shop");
    }

    [Fact]
    public async Task Switch_TakesAServiceDown_SaysWhatHappensAndWhatHappenedToTheOrder()
    {
        var page = await OpenShopAsync("?lang=en");
        var midtrans = page.Locator("[data-service=midtrans]");
        await midtrans.GetByLabel("Down").ClickAsync(new LocatorClickOptions { Force = true });
        await midtrans.GetByText("Connections are refused.").WaitForAsync();

        await page.GetByText("Place the order").ClickAsync();
        await page.GetByText("but Midtrans does not answer now").WaitForAsync();
        await page.Locator("[data-order]").First.GetByText("Queued, waiting for Midtrans").WaitForAsync();
        await IsGoodAsync(page, "shop-down");

        await midtrans.GetByLabel("Normal").ClickAsync(new LocatorClickOptions { Force = true });
        await page.Locator("[data-order]").First.GetByText("Awaiting payment").WaitForAsync(new LocatorWaitForOptions { Timeout = 60_000 });
        await page.Locator("#messages [data-channel=whatsapp]").First.WaitForAsync();
    }

    [Fact]
    public async Task Mail_OfTheShop_MayDoNothing()
    {
        var app = await Host.AppAsync();
        using var missing = await app.Anonymous.GetAsync("/sandbox/mail?at=2026-01-01T00:00:00Z&id=x", TestContext.Current.CancellationToken);
        using var shop = await app.Anonymous.GetAsync("/sandbox", TestContext.Current.CancellationToken);
        using var form = await app.Anonymous.PostAsync("/sandbox/api/orders", new StringContent("customer=x", System.Text.Encoding.UTF8, "text/plain"), TestContext.Current.CancellationToken);

        Assert.Equal(404, (int)missing.StatusCode);
        Assert.Equal(200, (int)shop.StatusCode);
        Assert.Contains("default-src 'none'", string.Join("", shop.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal(400, (int)form.StatusCode);
    }

    private async Task<IPage> OpenShopAsync(string query = "")
    {
        var context = Own(await Host.NewBrowserAsync(Look.Desktop));
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sandbox" + query);
        await page.Locator("[data-service=whatsapp] input:checked").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        return page;
    }

    private static async Task IsGoodAsync(IPage page, string name)
    {
        foreach (var look in Look.All)
        {
            await LookAsync(page, look);
            await page.PictureAsync($"{name}-{look.Name}", isWhole: true);
            await page.FitsItsWidthAsync();
        }

        // axe wants to look into every frame, and a mail's frame runs nothing, not even axe: it would wait for ever.
        await page.EvaluateAsync("() => document.querySelectorAll('iframe').forEach(frame => frame.remove())");
        foreach (var look in new[] { Look.Desktop, Look.PhoneDark })
        {
            await LookAsync(page, look);
            await page.IsAxeCleanAsync();
        }
    }

    private static async Task LookAsync(IPage page, Look look)
    {
        await page.SetViewportSizeAsync(look.Width, look.Height);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light });
    }
}
