using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Webhooks;
using BuatFilm.Tests.Shell;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Tests.Webhooks;

public sealed class PaymentEventsPageTests : FeaturePages
{
    [Fact]
    public async Task Page_WithEvents_SaysWhatEachToldAndWhatBecameOfIt_NewestFirst()
    {
        await StoreTwoAsync();

        var page = Open("payment-events");

        page.WaitForAssertion(() => Assert.Equal(["Dana diterima", "Menunggu pelanggan membayar"], Titles(page)));
        var row = page.FindAll("tbody tr")[0].TextContent.Squeeze();
        Assert.Contains("Diterapkan", row, StringComparison.Ordinal);
        Assert.Contains("INV-1", row, StringComparison.Ordinal);
        Assert.Contains("Rp450.000", row, StringComparison.Ordinal);
        Assert.Contains("Transfer bank", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Filtered_ShowsWhatMatches()
    {
        await StoreTwoAsync();
        await ReadAsync<long>(ShopRows.Event(WebhookHost.News("ASING-9", "trx-9", "deny"), "unknown_order", isKnown: false, ago: "2 days"));

        await ShowsAsync("payment-events?q=inv-1", "Dana diterima", "Menunggu pelanggan membayar");
        await ShowsAsync("payment-events?q=TRX-9", "Ditolak");
        await ShowsAsync("payment-events?q=ASING-9", "Ditolak");
        await ShowsAsync("payment-events?outcome=unknown_order", "Ditolak");
        await ShowsAsync("payment-events?status=settlement", "Dana diterima");
        await ShowsAsync("payment-events?method=bank_transfer&outcome=applied", "Dana diterima", "Menunggu pelanggan membayar");
        await ShowsAsync("payment-events?method=qris");
        await ShowsAsync("payment-events?at-from=2020-01-01", "Ditolak", "Dana diterima", "Menunggu pelanggan membayar");
        await ShowsAsync("payment-events?at-to=2020-01-01");
    }

    [Fact]
    public void Page_WithoutEvents_SaysWhatWillCome()
    {
        var page = Open("payment-events");

        page.WaitForAssertion(() => Assert.Contains("Belum ada kabar dari Midtrans", page.Find("[data-state=empty]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Details_ExplainTheVerdict_TheChecks_AndWhatIsNew()
    {
        var id = await StoreTwoAsync();

        var page = Open($"payment-events?item={id}");

        page.WaitForAssertion(() => Assert.Contains("sudah dicatat pada pesanan", page.Find("[data-verdict=applied]").TextContent, StringComparison.Ordinal));
        Assert.Equal(
            ["Signature Passed", "Amount Passed", "Currency Passed", "Merchant Passed", "StatusCode Passed"],
            page.FindAll("[data-check]").Select(check => $"{check.GetAttribute("data-check")} {check.GetAttribute("data-result")}"));
        var changes = page.FindAll("[data-field]").ToDictionary(change => change.GetAttribute("data-field")!, change => change.TextContent.Squeeze());
        Assert.Equal(["status_code", "transaction_status"], changes.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("pending → settlement", changes["transaction_status"], StringComparison.Ordinal);
        Assert.Equal("/orders/INV-1", page.Find("[data-order]").GetAttribute("href"));
        Assert.DoesNotContain("81720450001234567", page.Markup, StringComparison.Ordinal);
        Assert.Contains("\"***\"", page.Find("[data-payload=masked]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_OfAMismatch_TickWhatFails()
    {
        await ExecuteAsync(ShopRows.Order("INV-2"));
        var news = WebhookHost.News("INV-2", "trx-2", "settlement", 90_000);
        news["merchant_id"] = "G000000000";
        news["currency"] = "USD";
        news["signature_key"] = new string('a', 128);
        var id = await ReadAsync<long>(ShopRows.Event(news, "mismatch", "merchant"));

        var page = Open($"payment-events?item={id}");

        page.WaitForAssertion(() => Assert.Contains("Nomor merchantnya bukan milik kita", page.Find("[data-verdict=mismatch]").TextContent, StringComparison.Ordinal));
        Assert.Equal(
            ["Failed", "Failed", "Failed", "Failed", "Passed"],
            page.FindAll("[data-check]").Select(check => check.GetAttribute("data-result")));
        Assert.Contains("row-urgent", page.Find("tbody tr").ClassName, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("999999")]
    [InlineData("x")]
    public void Details_OfNoEvent_SayThatThereIsNone(string key)
    {
        var page = Open($"payment-events?item={key}");

        page.WaitForAssertion(() => Assert.Contains("Kabar ini tidak ada", page.Find(".detail-pane").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reveal_WithTheRight_ShowsEverythingAndIsOnRecord()
    {
        var id = await StoreTwoAsync();
        Reader.SetRoles(Roles.Finance);
        var page = Open($"payment-events?item={id}");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-action=reveal]")));

        _ = page.Find("[data-action=reveal]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("dialog textarea")));
        page.Find("dialog textarea").Input("bank menanyakan nomor VA");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("81720450001234567", page.Find("[data-payload=whole]").TextContent, StringComparison.Ordinal));
        Assert.Equal(
            $"Rina payment-events:read-raw payment-event:{id} done bank menanyakan nomor VA",
            await ReadAsync<string>("select concat_ws(' ', actor, action, target, outcome, reason) from audit_log"));
    }

    [Fact]
    public async Task Reveal_WithoutTheRight_IsRefusedOnTheServerToo()
    {
        var id = await StoreTwoAsync();
        Reader.SetRoles(Roles.Viewer);
        var page = Open($"payment-events?item={id}");
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=reveal]").GetAttribute("aria-disabled")));

        var seen = await Services.GetRequiredService<RevealPaymentEvent>().ExecuteAsync(await UserAsync(), id, "ingin tahu", Xunit.TestContext.Current.CancellationToken);

        Assert.Null(seen);
        Assert.Equal(new RefusedAction("Rina", Permissions.PaymentEventsReadRaw, $"payment-event:{id}", "forbidden"), Assert.Single(Refused.TakeAll()).Key);
        Assert.Equal(0, await ReadAsync<long>("select count(*) from audit_log"));
    }

    [Fact]
    public async Task Recheck_WhileMidtransIsAway_QueuesTheQuestionAndIsOnRecord()
    {
        await ExecuteAsync(ShopRows.Order("INV-3"));
        var id = await ReadAsync<long>(ShopRows.Event(WebhookHost.News("INV-3", "trx-3", "refund"), "pending_verification", "money_back"));
        var page = Open($"payment-events?item={id}");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-action=recheck]")));

        _ = page.Find("[data-action=recheck]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("INV-3", page.Find("dialog").TextContent, StringComparison.Ordinal));
        page.Find("dialog textarea").Input("pelanggan bertanya");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("Midtrans belum bisa ditanya", page.Find("[data-answer]").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        Assert.Equal(1, await ReadAsync<long>($"select count(*) from payment_event_checks where event_id = {id}"));
        Assert.Equal(
            $"Rina payment-events:reprocess payment-event:{id} done pelanggan bertanya",
            await ReadAsync<string>("select concat_ws(' ', actor, action, target, outcome, reason) from audit_log"));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-question]")));
    }

    [Fact]
    public async Task Recheck_OfWhatMidtransHasConfirmed_SaysWhyThereIsNothingToAsk()
    {
        await ExecuteAsync(ShopRows.Order("INV-4"));
        var id = await ReadAsync<long>(ShopRows.Event(WebhookHost.News("INV-4", "trx-4", "settlement"), "applied", isVerified: true));

        var page = Open($"payment-events?item={id}");

        page.WaitForAssertion(() => Assert.Equal("Sudah dicatat, dan Midtrans sudah membenarkannya.", page.Find("[data-action=recheck]").GetAttribute("title")));
    }

    [Fact]
    public async Task Recheck_ByWhoMayOnlyLook_IsRefused()
    {
        var id = await StoreTwoAsync();
        Reader.SetRoles(Roles.Viewer);

        var user = await UserAsync();

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Services.GetRequiredService<ReprocessPaymentEvent>().ExecuteAsync(user, id, null, Xunit.TestContext.Current.CancellationToken));

        Assert.Equal(new RefusedAction("Rina", Permissions.PaymentEventsReprocess, $"payment-event:{id}", "forbidden"), Assert.Single(Refused.TakeAll()).Key);
        Assert.Equal(0, await ReadAsync<long>("select count(*) from payment_event_checks"));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("en")]
    public void Words_OfEveryOutcomeAndCheck_AreThere(string language)
    {
        Speak(language);
        var texts = Services.GetRequiredService<IStringLocalizer<PaymentEventsPageTexts>>();

        Assert.All(WireName<EventOutcome>.All, outcome => Assert.False(texts[$"Verdict.{outcome}"].ResourceNotFound, outcome));
        Assert.All(PaymentEventLook.Methods, method => Assert.False(texts[$"Method.{method}"].ResourceNotFound, method));
        Assert.All(WireName<EventSource>.All, source => Assert.False(texts[$"Source.{source}"].ResourceNotFound, source));
        Assert.All(
            Enum.GetNames<Core.Payments.NotificationCheck>().SelectMany(check => Enum.GetNames<Core.Payments.CheckResult>().Select(result => $"Check.{check}.{result}")),
            key => Assert.False(texts[key].ResourceNotFound, key));
    }

    /// <summary>A pending payment and its settlement; answers the number of the latter.</summary>
    private async Task<long> StoreTwoAsync()
    {
        await ExecuteAsync(ShopRows.Order("INV-1"));
        await ReadAsync<long>(ShopRows.Event(WebhookHost.News("INV-1", "trx-1", "pending"), "applied", ago: "3 minutes"));
        return await ReadAsync<long>(ShopRows.Event(WebhookHost.News("INV-1", "trx-1", "settlement"), "applied", ago: "2 minutes"));
    }

    private async Task<System.Security.Claims.ClaimsPrincipal> UserAsync() =>
        (await Services.GetRequiredService<Microsoft.AspNetCore.Components.Authorization.AuthenticationStateProvider>().GetAuthenticationStateAsync()).User;

    private IRenderedComponent<PaymentEventsPage> Open(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<PaymentEventsPage>();
    }

    private async Task ShowsAsync(string address, params string[] titles)
    {
        var page = Open(address);
        page.WaitForAssertion(() => Assert.Equal(titles.Order(StringComparer.Ordinal), Titles(page).Order(StringComparer.Ordinal)));
        if (titles.Length == 0)
        {
            page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=no-match]")));
        }

        await DisposeComponentsAsync();
    }

    private static List<string> Titles(IRenderedComponent<PaymentEventsPage> page) => [.. page.FindAll("tbody tr[data-key] [data-row-link]").Select(link => link.TextContent.Squeeze())];
}
