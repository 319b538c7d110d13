using BuatFilm.Admin.Features.Orders;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Webhooks;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Tests.Orders;

public sealed class OrdersPageTests : FeaturePages
{
    [Fact]
    public async Task List_WithOrders_ShowsThemNewestFirst_WithoutTheCustomersWholeName()
    {
        await ExecuteAsync(ShopRows.Order("INV-1", ago: "2 hours"));
        await ExecuteAsync(ShopRows.Order("INV-2", "on_hold", 1_250_000));

        var page = OpenList("orders");

        page.WaitForAssertion(() => Assert.Equal(["INV-2", "INV-1"], Titles(page)));
        var row = page.FindAll("tbody tr")[0];
        Assert.Contains("Perlu keputusan orang", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("Rp1.250.000", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("row-urgent", row.ClassName, StringComparison.Ordinal);
        Assert.Equal("/orders/INV-2", row.QuerySelector("[data-row-link]")!.GetAttribute("href"));
        Assert.DoesNotContain("Santoso", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Filtered_ShowsWhatMatches()
    {
        await ExecuteAsync(ShopRows.Order("INV-1", ago: "2 hours"));
        await ExecuteAsync(ShopRows.Order("INV-2", "on_hold"));

        await ShowsAsync("orders?q=inv-1", "INV-1");
        await ShowsAsync("orders?q=INV", "INV-2", "INV-1");
        await ShowsAsync("orders?q=Budi.Santoso@contoh.id", "INV-2", "INV-1");
        await ShowsAsync("orders?q=0812-3456-7890&sort=created", "INV-1", "INV-2");
        await ShowsAsync("orders?status=on_hold", "INV-2");
        await ShowsAsync("orders?created-to=2020-01-01");
    }

    [Fact]
    public void List_WithoutOrders_SaysWhatWillCome()
    {
        var page = OpenList("orders");

        page.WaitForAssertion(() => Assert.Contains("Belum ada pesanan", page.Find("[data-state=empty]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Order_ShowsItsMoney_ItsPaymentPageAndItsStory()
    {
        await ExecuteAsync(ShopRows.Order("INV-1", "paid", paid: 450_000) + ShopRows.Payment("INV-1", "trx-1", "settlement"));
        await ReadAsync<long>(ShopRows.Event(WebhookHost.News("INV-1", "trx-1", "settlement"), "applied"));

        var page = Open("INV-1");

        page.WaitForAssertion(() => Assert.Contains("Lunas", page.Find("[data-status=paid]").TextContent, StringComparison.Ordinal));
        Assert.Equal("Rp450.000", page.Find("[data-money=paid] dd").TextContent.Squeeze());
        Assert.Equal("••••9f3c", page.Find("[data-session] [data-key=token] dd").TextContent.Squeeze());
        Assert.DoesNotContain("rahasia", page.Markup, StringComparison.Ordinal);
        Assert.Equal(["order_placed", "payment_page_opened", "payment_event"], page.FindAll(".story [data-what]").Select(entry => entry.GetAttribute("data-what")));
        Assert.Equal("/payment-events?q=INV-1", page.Find(".order-links a").GetAttribute("href"));
    }

    [Theory]
    [InlineData("amount", "Jumlah yang dibayar berbeda")]
    [InlineData("refuted", "tidak membenarkan")]
    [InlineData("unverifiable", "tidak mengenal")]
    public async Task Order_OnHold_SaysWhatIsWrongAndWhereToLook(string reason, string words)
    {
        await ExecuteAsync(ShopRows.Order("INV-1", "on_hold") + ShopRows.Payment("INV-1", "trx-1", "settlement", hasPaid: false, hold: reason));

        var page = Open("INV-1");

        page.WaitForAssertion(() => Assert.Contains(words, page.Find($"[data-hold={reason}]").TextContent, StringComparison.Ordinal));
        Assert.Equal("/payment-events?q=INV-1", page.Find("[data-recheck]").GetAttribute("href"));
    }

    [Fact]
    public async Task Order_PaidTwice_SaysSo()
    {
        await ExecuteAsync(ShopRows.Order("INV-1", "on_hold", paid: 900_000) + ShopRows.Payment("INV-1", "trx-1", "settlement") + ShopRows.Payment("INV-1", "trx-2", "settlement"));

        var page = Open("INV-1");

        page.WaitForAssertion(() => Assert.Contains("lebih dari sekali", page.Find("[data-hold=twice]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Order_Queued_SaysWhenItIsTriedAgain()
    {
        await ExecuteAsync(ShopRows.Order("INV-1", "queued"));
        await ExecuteAsync("update payment_sessions set state = 'queued', snap_token = null, redirect_url = null, opened_at = null, attempts = 2, last_error = 'timeout', next_attempt_at = app_now() + interval '1 hour'");

        var page = Open("INV-1");

        page.WaitForAssertion(() => Assert.Contains("Midtrans terlalu lama menjawab", page.Find("[data-session] [data-key=error]").TextContent, StringComparison.Ordinal));
        Assert.Contains("dalam ", page.Find("[data-session] [data-key=next]").TextContent, StringComparison.Ordinal);
        Assert.Contains("session_queued", page.FindAll(".story [data-what]").Select(entry => entry.GetAttribute("data-what")));
    }

    [Fact]
    public async Task Order_WhenSomethingHappens_ShowsItWithoutReload()
    {
        await ExecuteAsync(ShopRows.Order("INV-1"));
        var page = Open("INV-1");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-status=awaiting_payment]")));

        await ReadAsync<long>(ShopRows.Event(WebhookHost.News("INV-1", "trx-1", "settlement"), "pending_verification", "status_code"));
        await ExecuteAsync("update orders set status = 'pending'");
        Write();

        Until(page, () => Assert.NotEmpty(page.FindAll("[data-status=pending]")));
        Assert.Contains("dicek dulu", page.Find(".story [data-what=payment_event]").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TIDAK-ADA")]
    [InlineData("'; drop table orders")]
    public void Order_ThatIsNotThere_SaysSo(string orderId)
    {
        var page = Open(orderId);

        page.WaitForAssertion(() => Assert.Contains("Pesanan ini tidak ada", page.Find("[data-state=unknown]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Order_WhileTheDatabaseIsAway_SaysSo()
    {
        TakeTheDatabaseAway();

        var page = Open("INV-1");

        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=failed]")), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Customer_IsMasked_UntilSomebodyWhoMaySaysWhy_AndThatIsOnRecordAndInTheStory()
    {
        await ExecuteAsync(ShopRows.Order("INV-1"));
        Reader.SetRoles(Roles.Finance);
        var page = Open("INV-1");
        page.WaitForAssertion(() => Assert.Contains("b•••@contoh.id", page.Find("[data-key=email]").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("budi.santoso", page.Markup, StringComparison.Ordinal);

        _ = page.Find("[data-action=reveal]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("dialog textarea")));
        page.Find("dialog textarea").Input("menelepon balik pelanggan");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("budi.santoso@contoh.id", page.Find("[data-key=email]").TextContent, StringComparison.Ordinal));
        Assert.Contains("+6281234567890", page.Find("[data-key=phone]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Rina customers:reveal order:INV-1 done menelepon balik pelanggan", await ReadAsync<string>("select concat_ws(' ', actor, action, target, outcome, reason) from audit_log"));
        Write();
        Until(page, () => Assert.Contains("Rina: membuka data pelanggan", page.Find(".story [data-what=action]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Customer_ForWhoMayOnlyLook_StaysMasked_AndWhatPeopleDidIsNotShown()
    {
        await ExecuteAsync(ShopRows.Order("INV-1"));
        await ExecuteAsync("insert into audit_log (actor, action, target, outcome, data) values ('Budi', 'customers:reveal', 'order:INV-1', 'done', '{}')");
        Reader.SetRoles(Roles.Viewer);
        var page = Open("INV-1");
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=reveal]").GetAttribute("aria-disabled")));

        var user = (await Services.GetRequiredService<AuthenticationStateProvider>().GetAuthenticationStateAsync()).User;
        var seen = await Services.GetRequiredService<RevealCustomer>().ExecuteAsync(user, "INV-1", "ingin tahu", Xunit.TestContext.Current.CancellationToken);

        Assert.Null(seen);
        Assert.Equal(new RefusedAction("Rina", Permissions.CustomersReveal, "order:INV-1", "forbidden"), Assert.Single(Refused.TakeAll()).Key);
        Assert.Empty(page.FindAll(".story [data-what=action]"));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("en")]
    public void Words_OfEveryStatus_SayWhatItMeansAndWhatToDo(string language)
    {
        Speak(language);
        var texts = Services.GetRequiredService<IStringLocalizer<OrdersPageTexts>>();

        Assert.All(Enum.GetNames<OrderStatus>(), status => Assert.False(texts[$"Meaning.{status}"].ResourceNotFound, status));
        Assert.All(Enum.GetNames<OrderStatus>(), status => Assert.False(texts[$"Next.{status}"].ResourceNotFound, status));
        Assert.All(WireName<PaymentSessionState>.All, state => Assert.False(texts[$"Session.State.{state}"].ResourceNotFound, state));
    }

    private IRenderedComponent<OrdersPage> OpenList(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<OrdersPage>();
    }

    private IRenderedComponent<OrderPage> Open(string orderId) => Render<OrderPage>(parameters => parameters.Add(page => page.OrderId, orderId));

    private async Task ShowsAsync(string address, params string[] titles)
    {
        var page = OpenList(address);
        page.WaitForAssertion(() => Assert.Equal(titles, Titles(page)));
        if (titles.Length == 0)
        {
            page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=no-match]")));
        }

        await DisposeComponentsAsync();
    }

    private static List<string> Titles(IRenderedComponent<OrdersPage> page) => [.. page.FindAll("tbody tr[data-key] [data-row-link]").Select(link => link.TextContent.Squeeze())];
}
