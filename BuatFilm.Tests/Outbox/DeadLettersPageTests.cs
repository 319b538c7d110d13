using BuatFilm.Admin.Components;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Operations;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Outbox;

public sealed class DeadLettersPageTests : FeaturePages
{
    /// <summary>Which of the two it is depends on the database's clock, which is not the page's here.</summary>
    private const string Undo = "[data-running] :is([data-action=undo], [data-action=stop])";

    [Fact]
    public async Task Page_WithDeadLetters_SaysInWordsWhatFailedAndMasksWhomFor()
    {
        await DeadLetters.AddAsync(ConnectionString, 1, "INV-");

        var page = Open("dead-letters");

        page.WaitForAssertion(() => Assert.Equal(["INV-1"], Titles(page)));
        var row = page.Find("tbody tr").TextContent.Squeeze();
        Assert.Contains("Pembayaran diterima", row, StringComparison.Ordinal);
        Assert.Contains("Alamat email ditolak server tujuan", row, StringComparison.Ordinal);
        Assert.Contains("b***@contoh.id", row, StringComparison.Ordinal);
        Assert.DoesNotContain("budi1@contoh.id", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Filtered_ShowsAndCountsWhatMatches()
    {
        await DeadLetters.AddAsync(ConnectionString, 2, "A-");
        await DeadLetters.AddAsync(ConnectionString, 1, "B-", channel: "whatsapp", code: "131026", kind: "payment_link");

        await ShowsAsync("dead-letters?channel=whatsapp", "B-1");
        await ShowsAsync("dead-letters?kind=payment_received", "A-2", "A-1");
        await ShowsAsync("dead-letters?q=131026", "B-1");
        await ShowsAsync("dead-letters?q=A-1", "A-1");
        await ShowsAsync("dead-letters?cause=undeliverable");
        await ShowsAsync("dead-letters?day-to=2020-01-01");
    }

    [Fact]
    public void Page_WithoutDeadLetters_SaysThatAllIsWell()
    {
        var page = Open("dead-letters");

        page.WaitForAssertion(() => Assert.Contains("Tidak ada pesan gagal", page.Find("[data-state=empty]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Details_OfADeadLetter_TellItsStory()
    {
        var id = (await DeadLetters.AddAsync(ConnectionString, 1, "INV-"))[0];
        await ExecuteAsync($"update notification_attempts set error = '550 <script>alert(1)</script> ' || chr(8238) || 'kotak' where message_id = {id}");

        var page = Open($"dead-letters?item={id}");

        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-step=attempt-1]")));
        Assert.Contains("Percobaan 1: Ditolak untuk seterusnya", page.Find("[data-step=attempt-1]").TextContent, StringComparison.Ordinal);
        Assert.Contains("550 <script>alert(1)</script> kotak", page.Find("[data-step=attempt-1]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".detail-pane script"));
        Assert.Contains("Pembayaran pesanan INV-1 sudah kami terima", page.Find("[data-preview]").TextContent, StringComparison.Ordinal);
        Assert.Contains("B***", page.Find("[data-preview]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Budi", page.Markup, StringComparison.Ordinal);
        Assert.Equal("/orders/INV-1", page.Find("[data-key=order] a").GetAttribute("href"));
    }

    [Theory]
    [InlineData("999999")]
    [InlineData("x")]
    public void Details_OfNoMessage_SayThatThereIsNone(string key)
    {
        var page = Open($"dead-letters?item={key}");

        page.WaitForAssertion(() => Assert.Contains("Pesan ini tidak ada", page.Find(".detail-pane").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requeue_OfOne_AsksThenPutsItIntoTheQueueOnRecord()
    {
        var id = (await DeadLetters.AddAsync(ConnectionString, 1, "INV-", orderStatus: "cancelled"))[0];
        var page = Open($"dead-letters?item={id}");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-action=requeue]")));

        _ = page.Find("[data-action=requeue]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("pesanannya sudah batal", page.Find("dialog .dialog-text").TextContent, StringComparison.Ordinal));
        Assert.Equal(1, await ReadAsync<long>("select count(*) from outbox_dead"));
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("masuk antrean", page.Find("[data-desk]").TextContent, StringComparison.Ordinal));
        Assert.Equal(1, await ReadAsync<long>("select count(*) from outbox_queue"));
        Assert.Equal($"Rina dead-letters:requeue message:{id} done", await ReadAsync<string>("select concat_ws(' ', actor, action, target, outcome) from audit_log"));
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=empty]")));
        Write();
        Until(page, () => Assert.Single(page.FindAll("[data-step=requeue]")));
        Assert.Empty(page.FindAll("[data-action=requeue]"));
    }

    [Fact]
    public async Task Requeue_OfManyByFilter_CountsExactlyAndLeavesHarmOut()
    {
        await DeadLetters.AddAsync(ConnectionString, 3, "GOOD-");
        await DeadLetters.AddAsync(ConnectionString, 2, "GONE-", orderStatus: "cancelled");
        await DeadLetters.AddAsync(ConnectionString, 1, "OTHER-", channel: "whatsapp");
        var page = Open("dead-letters?channel=email");
        page.WaitForAssertion(() => Assert.Equal(5, Titles(page).Count));
        await page.Find("thead input").ClickAsync(new());

        _ = page.Find("[data-action=requeue-selected]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal("Kirim ulang 5 pesan?", page.Find(".requeue-dialog h2").TextContent));
        Assert.Equal("5 Email", page.Find("[data-fact=channels]").TextContent);
        Assert.Equal("3 pelanggan, nilai pesanan Rp2.250.000", page.Find("[data-fact=customers]").TextContent);
        Assert.Equal("3 pesan akan dikirim, 2 dilewati.", page.Find("[data-leaving]").TextContent);
        await page.Find("[data-harm=order_cancelled] input").ChangeAsync(new() { Value = false });
        Assert.Equal("5 pesan akan dikirim, 0 dilewati.", page.Find("[data-leaving]").TextContent);
        await page.Find("[data-harm=order_cancelled] input").ChangeAsync(new() { Value = true });
        await page.Find(".requeue-dialog [data-confirm]").ClickAsync(new());
        Assert.Contains("sedikitnya 5 huruf", page.Find("#requeue-problem").TextContent, StringComparison.Ordinal);
        page.Find("#requeue-reason").Input("server email sudah pulih");
        await page.Find(".requeue-dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Single(page.FindAll(Undo)));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".selection-bar")));
        Assert.Equal("running 5 Rina server email sudah pulih [\"order_cancelled\"]", await ReadAsync<string>("select concat_ws(' ', state, total, actor, reason, filter -> 'exclude') from operations"));
        Assert.Equal(6, await ReadAsync<long>("select count(*) from outbox_dead"));

        await page.Find(Undo).ClickAsync(new());
        Assert.Equal("cancelled 0", await ReadAsync<string>("select concat_ws(' ', state, done) from operations"));
        Assert.Equal(6, await ReadAsync<long>("select count(*) from outbox_dead"));
    }

    [Fact]
    public async Task Requeue_ThoughtBetterOf_TakesThePlanBack()
    {
        await DeadLetters.AddAsync(ConnectionString, 2, "INV-");
        var page = Open("dead-letters");
        page.WaitForAssertion(() => Assert.Equal(2, Titles(page).Count));
        await page.Find("thead input").ClickAsync(new());

        _ = page.Find("[data-action=requeue-selected]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#requeue-reason")));
        await page.Find(".requeue-dialog [data-cancel]").ClickAsync(new());

        await AppHost.EventuallyAsync(async () => await ReadAsync<string>("select state from operations") == "cancelled", "the plan is taken back");
        Assert.Equal(2, await ReadAsync<long>("select count(*) from outbox_dead"));
        Assert.Single(page.FindAll(".selection-bar"));
    }

    [Fact]
    public async Task Requeue_ByWhoMayOnlyLook_IsRefusedOnTheServerToo()
    {
        var id = (await DeadLetters.AddAsync(ConnectionString, 1, "INV-"))[0];
        Reader.SetRoles(Roles.Viewer);
        var page = Open($"dead-letters?item={id}");
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=requeue]").GetAttribute("aria-disabled")));
        Assert.Contains("tidak punya hak", page.Find("[data-action=requeue]").GetAttribute("title"), StringComparison.Ordinal);

        // Past the buttons, as from a page that is older than the person's rights.
        var desk = (RequeueDesk)page.FindComponent<DynamicComponent>().Instance.Instance!;
        await page.InvokeAsync(() => desk.AskOneAsync(id));
        await page.InvokeAsync(() => desk.AskManyAsync([id]));

        page.WaitForAssertion(() => Assert.Contains("tidak punya hak", page.Find("[data-problem]").TextContent, StringComparison.Ordinal));
        Assert.Equal(0, await ReadAsync<long>("select count(*) from operations"));
        Assert.Equal(
            [new RefusedAction("Rina", Permissions.DeadLettersRequeue, null, "forbidden"), new RefusedAction("Rina", Permissions.DeadLettersRequeue, $"message:{id}", "forbidden")],
            Refused.TakeAll().Keys.OrderBy(refusal => refusal.Target, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Reveal_OfARecipient_AsksWhyAndIsOnRecord()
    {
        var id = (await DeadLetters.AddAsync(ConnectionString, 1, "INV-"))[0];
        var page = Open($"dead-letters?item={id}");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-action=reveal]")));

        _ = page.Find("[data-action=reveal]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("dialog textarea")));
        page.Find("dialog textarea").Input("pelanggan menelepon");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("budi1@contoh.id", page.Find("[data-key=recipient]").TextContent, StringComparison.Ordinal));
        Assert.Equal($"Rina customers:reveal message:{id} done pelanggan menelepon", await ReadAsync<string>("select concat_ws(' ', actor, action, target, outcome, reason) from audit_log"));
    }

    [Fact]
    public async Task Reveal_ByWhoMayNot_IsRefusedOnTheServerToo()
    {
        var id = (await DeadLetters.AddAsync(ConnectionString, 1, "INV-"))[0];
        var user = new System.Security.Claims.ClaimsPrincipal(new System.Security.Claims.ClaimsIdentity([new(System.Security.Claims.ClaimTypes.Name, "Tono"), new(System.Security.Claims.ClaimTypes.Role, Roles.Viewer)], "test"));

        var shown = await Services.GetRequiredService<RevealRecipient>().ExecuteAsync(user, id, "ingin tahu", Xunit.TestContext.Current.CancellationToken);

        Assert.Null(shown);
        Assert.Equal(new RefusedAction("Tono", Permissions.CustomersReveal, $"message:{id}", "forbidden"), Assert.Single(Refused.TakeAll()).Key);
        Assert.Equal(0, await ReadAsync<long>("select count(*) from audit_log"));
    }

    private IRenderedComponent<DeadLettersPage> Open(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<DeadLettersPage>();
    }

    private async Task ShowsAsync(string address, params string[] titles)
    {
        var page = Open(address);
        page.WaitForAssertion(() =>
        {
            Assert.Equal(titles, Titles(page));
            Assert.Equal($"{titles.Length} baris", page.Find("[data-count]").TextContent);
        });
        await DisposeComponentsAsync();
    }

    private static List<string> Titles(IRenderedComponent<DeadLettersPage> page) => [.. page.FindAll("tbody tr[data-key] [data-row-link]").Select(link => link.TextContent.Squeeze())];
}
