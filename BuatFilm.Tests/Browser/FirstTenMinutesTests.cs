using System.Text.RegularExpressions;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Shell;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>What the README promises to somebody who starts the program for the first time, done by what is written on the pages and nothing else.</summary>
/// <remarks>With <c>BUATFILM_SCREENSHOTS=1</c> it takes the README's pictures anew, which are committed.</remarks>
[Collection(LongProcessTests.Name)]
public sealed partial class FirstTenMinutesTests(MigratedCluster cluster)
{
    private const float Patience = 90_000;

    private const string Password = "kopi susu di teras rumah";

    [Fact]
    public async Task NewUser_FromTheSetupLinkToAnOutageAndBack_FindsTheWayByLabels()
    {
        var browser = await Chromium.GetAsync();
        await using var app = new AppProcess(cluster);
        await app.StartAsync();
        await app.WroteAsync("Stop with Ctrl+C.");
        var link = SetupLink().Match(app.Output).Value;
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = "id-ID",
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = Look.Desktop.Width, Height = Look.Desktop.Height },
        });
        context.SetDefaultTimeout(Patience);

        // An account.
        var console = await context.NewPageAsync();
        await console.GotoAsync(link);
        await console.GetByLabel("Nama", new PageGetByLabelOptions { Exact = true }).FillAsync("Rina Wulandari");
        await console.GetByLabel("Alamat email").FillAsync("rina@contoh.id");
        await console.GetByLabel("Kata sandi", new PageGetByLabelOptions { Exact = true }).FillAsync(Password);
        await Button(console, "Buat akun").ClickAsync();
        await console.GetByText("Akun Admin pertama sudah dibuat").WaitForAsync();
        await console.GetByLabel("Alamat email").FillAsync("rina@contoh.id");
        await console.GetByLabel("Kata sandi", new PageGetByLabelOptions { Exact = true }).FillAsync(Password);
        await Button(console, "Masuk").ClickAsync();
        await Heading(console, "Ringkasan").WaitForAsync();
        await console.LiveAsync();

        // An order, paid, and what the customer gets.
        var shop = await context.NewPageAsync();
        await shop.GotoAsync(new Uri(new Uri(link), "/sandbox").ToString());
        await Heading(shop, "Toko contoh").WaitForAsync();
        var first = await OrderAndPayAsync(shop);
        await shop.GetByText("Lunas").First.WaitForAsync();
        await shop.GetByText("WhatsApp ke").First.WaitForAsync();
        await shop.GetByText("Email ke").First.WaitForAsync();

        // The same, seen from the console.
        await GoAsync(console, "Pesanan");
        await console.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = first }).First.ClickAsync();
        await Heading(console, $"Pesanan {first}").WaitForAsync();
        await Body(console).GetByText("Lunas").First.WaitForAsync();
        await PictureAsync(console, "order");
        await GoAsync(console, "Notifikasi Midtrans");
        await Rows(console).GetByText("Dana diterima").First.WaitForAsync();
        await GoAsync(console, "Pesan keluar");
        await Rows(console).GetByText("Terkirim").First.WaitForAsync();
        await GoAsync(console, "Pemutus layanan");
        await Card(console, "Email").GetByText("Terhubung").First.WaitForAsync();

        // The mail server goes; this page is not touched.
        await Choose(shop, "Server email", "Mati").ClickAsync(new LocatorClickOptions { Force = true });
        await shop.GetByText("Email menunggu tanpa menghabiskan jatah percobaan").WaitForAsync();
        var second = await OrderAndPayAsync(shop);
        await Card(console, "Email").GetByText("Terputus").First.WaitForAsync();
        await PictureAsync(console, "breakers");
        await GoAsync(console, "Tingkat layanan");
        await Body(console).GetByText("Terganggu").First.WaitForAsync();
        await GoAsync(console, "Pesan keluar");
        await console.GetByLabel("Cari").FillAsync(second);
        await Rows(console).GetByText(Waiting()).First.WaitForAsync();
        await GoAsync(console, "Ringkasan");
        await PictureAsync(console, "overview");
        Assert.False(await shop.GetByText("Email ke").Nth(1).IsVisibleAsync());

        // And comes back: what waited arrives, and all is as it was.
        await Choose(shop, "Server email", "Normal").ClickAsync(new LocatorClickOptions { Force = true });
        await shop.GetByText("Email ke").Nth(1).WaitForAsync();
        await PictureAsync(shop, "shop");
        await GoAsync(console, "Pemutus layanan");
        await Card(console, "Email").GetByText("Terhubung").First.WaitForAsync();
        await GoAsync(console, "Tingkat layanan");
        await Body(console).GetByText("Normal").First.WaitForAsync();
        Assert.Equal(2, (await app.MailsAsync()).Length);
    }

    /// <returns>The order's number, as the shop says it.</returns>
    private static async Task<string> OrderAndPayAsync(IPage shop)
    {
        await Button(shop, "Pesan sekarang").ClickAsync();

        // A slow machine may keep Midtrans from answering in time; the order is then taken all the same, and can be paid a little later.
        var answer = shop.Locator("#order-answer");
        await shop.Locator("#order-answer", new PageLocatorOptions { HasText = "Mengirim pesanan" }).WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        var said = (await answer.TextContentAsync())!;
        Assert.Matches(Taken(), said);
        var orderId = Taken().Match(said).Groups["id"].Value;
        await shop.GetByLabel($"Cara bayar untuk {orderId}").SelectOptionAsync(new SelectOptionValue { Label = "QRIS" });
        await shop.GetByRole(AriaRole.Listitem).Filter(new LocatorFilterOptions { HasText = orderId }).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Bayar", Exact = true }).First.ClickAsync();
        return orderId;
    }

    /// <summary>By the menu, as people go.</summary>
    private static async Task GoAsync(IPage console, string name)
    {
        await console.GetByRole(AriaRole.Navigation, new PageGetByRoleOptions { Name = "Menu utama" }).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = name, Exact = name == "Pesanan" }).First.ClickAsync();
        await Heading(console, name).WaitForAsync();
    }

    private static ILocator Body(IPage page) => page.GetByRole(AriaRole.Main);

    private static ILocator Rows(IPage page) => Body(page).GetByRole(AriaRole.Table);

    private static ILocator Heading(IPage page, string name) => page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = name, Level = 1 });

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    private static ILocator Card(IPage console, string service) => console.GetByRole(AriaRole.Article, new PageGetByRoleOptions { Name = service });

    private static ILocator Choose(IPage shop, string service, string mode) =>
        shop.GetByRole(AriaRole.Group, new PageGetByRoleOptions { Name = service }).GetByLabel(mode, new LocatorGetByLabelOptions { Exact = true });

    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("BUATFILM_SCREENSHOTS") == "1")
        {
            await page.WaitForFunctionAsync("() => document.getAnimations().every(animation => !(animation instanceof CSSTransition))");
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = SourceTree.PathOf(Path.Combine("BuatFilm.Tests", "Browser", "Pictures", name + ".png")) });
        }
    }

    [GeneratedRegex(@"http://\S+/account/setup\?token=\S+", RegexOptions.None, 5_000)]
    private static partial Regex SetupLink();

    [GeneratedRegex("Akan dicoba lagi|Sedang dikirim|Menunggu", RegexOptions.None, 5_000)]
    private static partial Regex Waiting();

    [GeneratedRegex(@"Pesanan (?<id>\S+) diterima[.,]", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Taken();
}
