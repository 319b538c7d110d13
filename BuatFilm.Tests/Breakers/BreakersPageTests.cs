using AngleSharp.Dom;
using BuatFilm.Admin.Features.Breakers;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Live;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Breakers;

public sealed class BreakersPageTests : FeaturePages
{
    /// <summary>One instant for all rows, so that the time between them does not depend on how quickly they are written.</summary>
    private readonly DateTimeOffset _began = TimeProvider.System.GetUtcNow();

    private static readonly Guid Other = Guid.Parse("0193587a-0000-7000-8000-00000000c3d4");

    [Fact]
    public void Page_BeforeAnyCall_ClaimsNothing()
    {
        var page = Render<BreakersPage>();

        Assert.Equal(["Midtrans", "Database", "Smtp", "WhatsApp"], page.FindAll(".breaker-card").Select(card => card.GetAttribute("data-service")));
        Assert.All(page.FindAll(".breaker-card"), card => Assert.Contains("belum diketahui", card.TextContent, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains("Belum pernah ada yang terputus", page.Find("[data-state=empty]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Card_WhenABreakerOpens_SaysSoAtOnceWithWhatItMeansAndWhenItIsTried()
    {
        var page = Render<BreakersPage>();

        Publish(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Open, Boards.Noon, Boards.Noon.AddMinutes(2)));

        page.WaitForAssertion(() => Assert.Contains("Terputus (terbuka)", Card(page, "Smtp").TextContent.Squeeze(), StringComparison.Ordinal));
        Assert.Contains("Email menunggu di antrean", Card(page, "Smtp").TextContent, StringComparison.Ordinal);
        Assert.StartsWith("dalam ", Card(page, "Smtp").QuerySelector("[data-trial] dd")!.TextContent, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains("terputus", Card(page, "Smtp").QuerySelector(".strip svg")?.GetAttribute("aria-label") ?? "", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Card_WithCalls_ShowsThemAgainstWhatTheBreakerDecidesBy()
    {
        var counts = CallCounts.None with { Successes = 6, Outages = 2 };
        Publish(snapshot => snapshot
            .WithProbe(ExternalService.WhatsApp, ServiceHealth.Healthy, Boards.Noon)
            .WithFigures(ExternalService.WhatsApp, new CallFigures(TimeSpan.FromSeconds(90), counts, counts, 2, 0, TimeSpan.FromMilliseconds(180), TimeSpan.FromMilliseconds(1_250), null, null)));

        var card = Card(Render<BreakersPage>(), "WhatsApp");

        Assert.Equal("25%", card.QuerySelector("[data-ratio]")!.TextContent);
        Assert.Contains("2 gagal dari 8 panggilan · terputus mulai 70%", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("8 dalam 1 mnt 30 dtk · dinilai mulai 5", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("180 md / 1 dtk", card.TextContent.Squeeze(), StringComparison.Ordinal);
    }

    [Fact]
    public void Card_OfSeveralNodes_ShowsTheWorstAndEach()
    {
        var report = BreakerReport.ToJson(StatusSnapshot.Empty.WithBreaker(ExternalService.Midtrans, BreakerState.Open, Boards.Noon, null));
        Publish(snapshot => snapshot.WithProbe(ExternalService.Midtrans, ServiceHealth.Healthy, Boards.Noon) with
        {
            Cluster = new ClusterStatus(Boards.Node.Id, [new NodeReport(Other, "kasir-2", 7, Boards.Noon, Boards.Noon, report)], 0),
        });

        var card = Card(Render<BreakersPage>(), "Midtrans");

        Assert.Contains("Terputus (terbuka)", card.QuerySelector("header")!.TextContent.Squeeze(), StringComparison.Ordinal);
        Assert.Equal("Terputus di 1 dari 2 server", card.QuerySelector("[data-nodes] summary")!.TextContent);
        Assert.Equal(["closed", "open"], card.QuerySelectorAll("[data-nodes] [data-code]").Select(chip => chip.GetAttribute("data-code")));
    }

    [Fact]
    public async Task History_WithRows_TellsCauseAndHowLongTheOutageTook()
    {
        await AddTransitionAsync("smtp", "closed", "open", "consecutive_outages", "10 minutes");
        await AddTransitionAsync("midtrans", "closed", "open", "failure_ratio", "9 minutes");
        await AddTransitionAsync("smtp", "open", "half_open", "trial_began", "8 minutes");
        await AddTransitionAsync("smtp", "half_open", "closed", "trial_succeeded", "7 minutes");

        var page = Render<BreakersPage>();

        page.WaitForAssertion(() => Assert.Equal(4, page.FindAll("tbody tr[data-key]").Count));
        var rows = page.FindAll("tbody tr[data-key]").Select(row => row.TextContent.Squeeze()).ToList();
        Assert.Contains("Gagal berturut-turut3 mnt", rows[3], StringComparison.Ordinal);
        Assert.Contains("Terlalu banyak panggilan gagalbelum selesai", rows[2], StringComparison.Ordinal);
        Assert.DoesNotContain("belum selesai", rows[0], StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains("Gagal berturut-turut", Card(page, "Smtp").QuerySelector("[data-opening]")?.TextContent ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task History_OfANodeThatStopped_DoesNotSayThatItsOutageLasts()
    {
        await AddTransitionAsync("smtp", "closed", "open", "consecutive_outages", "10 minutes");
        await ExecuteAsync("update node_status set stopped_at = (select at + interval '4 minutes' from breaker_transitions)");

        var page = Render<BreakersPage>();

        page.WaitForAssertion(() => Assert.Contains("4 mnt", page.Find("tbody tr[data-key]").TextContent, StringComparison.Ordinal));
        await ExecuteAsync("delete from node_status");
        Write();
        Until(page, () => Assert.Contains("tidak diketahui", page.Find("tbody tr[data-key]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task History_Filtered_ShowsWhatMatches()
    {
        await AddTransitionAsync("smtp", "closed", "open", "consecutive_outages", "10 minutes");
        await AddTransitionAsync("midtrans", "closed", "open", "failure_ratio", "9 minutes");
        await AddTransitionAsync("smtp", "open", "half_open", "trial_began", "8 minutes");
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("breakers?service=smtp&state=open");
        var page = Render<BreakersPage>();

        page.WaitForAssertion(() => Assert.Contains("Gagal berturut-turut", Assert.Single(page.FindAll("tbody tr[data-key]")).TextContent, StringComparison.Ordinal));
        navigation.NavigateTo("breakers?service=whatsapp");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=no-match]")));
        navigation.NavigateTo("breakers?at-from=2020-01-01&at-to=2020-01-02");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=no-match]")));
    }

    [Fact]
    public async Task Details_OfAnOpening_LeadToItsAlert()
    {
        await ExecuteAsync("insert into alerts (kind, severity, target, data, dedupe_key, raised_at) values ('breaker_opened', 'warning', 'smtp', '{}', 'breaker_opened:smtp', app_now() - interval '10 minutes')");
        await AddTransitionAsync("smtp", "closed", "open", "consecutive_outages", "10 minutes", """{"calls":5,"failures":5,"failureRatio":1,"classes":"timeout, refused","fault":null}""");
        var alert = await ReadAsync<long>("select id from alerts");
        var id = await ReadAsync<long>("select id from breaker_transitions");
        Services.GetRequiredService<NavigationManager>().NavigateTo($"breakers?item={id}");

        var page = Render<BreakersPage>();

        page.WaitForAssertion(() => Assert.Equal($"/alerts?item={alert}", page.Find(".detail-pane a.button").GetAttribute("href")));
        Assert.Contains("100%", page.Find(".detail-pane").TextContent, StringComparison.Ordinal);
        Assert.Contains("timeout, refused", page.Find(".detail-pane").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_WhileTheDatabaseIsAway_StillShowsTheBreakers()
    {
        TakeTheDatabaseAway();
        Publish(snapshot => snapshot.WithProbe(ExternalService.Database, ServiceHealth.Unhealthy, Boards.Noon));

        var page = Render<BreakersPage>();

        Assert.Contains("Tidak menjawab", Card(page, "Database").TextContent, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=failed]")), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Override_ByClick_NeedsAReasonAndIsOnRecord()
    {
        var page = Render<BreakersPage>();
        _ = Button(page, "Smtp", "hold-open").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("Putuskan Email?", page.Find("dialog h2").TextContent, StringComparison.Ordinal));
        await page.Find("dialog [data-confirm]").ClickAsync(new());
        Assert.Contains("sedikitnya 5 huruf", page.Find("dialog [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal(0, await ReadAsync<long>("select count(*) from breaker_overrides"));

        page.Find("dialog textarea").Input("server email dipindah");
        page.Find("dialog select").Change("60");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Equal("isolated", Card(page, "Smtp").QuerySelector("[data-override]")?.GetAttribute("data-override")));
        Assert.Contains("Rina", Card(page, "Smtp").QuerySelector("[data-override]")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("server email dipindah", Card(page, "Smtp").QuerySelector("[data-override]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(BreakerState.Isolated, Services.GetRequiredService<ServicePipelines>()[ExternalService.Smtp].State);
        Assert.Equal("isolated server email dipindah Rina 01:00:00", await ReadAsync<string>("select concat_ws(' ', mode, reason, actor, expires_at - created_at) from breaker_overrides where service = 'smtp'"));
        Assert.Equal("Rina breakers:override breaker:smtp done server email dipindah", await ReadAsync<string>("select concat_ws(' ', actor, action, target, outcome, reason) from audit_log"));
    }

    [Fact]
    public async Task Release_ByClick_GivesItBackToTheCalls()
    {
        var set = Services.GetRequiredService<SetOverride>();
        await set.ExecuteAsync(People.Operator("Budi"), ExternalService.WhatsApp, new OverrideDraft(BreakerMode.Disabled, "uji coba", TimeSpan.FromMinutes(10)), Xunit.TestContext.Current.CancellationToken);
        var page = Render<BreakersPage>();
        Assert.Empty(Card(page, "WhatsApp").QuerySelectorAll("[data-action=hold-open]"));

        _ = Button(page, "WhatsApp", "release").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("Kembalikan WhatsApp ke otomatis?", page.Find("dialog h2").TextContent, StringComparison.Ordinal));
        page.Find("dialog textarea").Input("sudah pulih");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() =>
        {
            Time.Advance(StatusBoard.Interval);
            Assert.Empty(Card(page, "WhatsApp").QuerySelectorAll("[data-override]"));
        });
        Assert.Equal("automatic", await ReadAsync<string>("select mode from breaker_overrides where service = 'whatsapp'"));
        Assert.Equal(2, await ReadAsync<long>("select count(*) from audit_log where target = 'breaker:whatsapp'"));
    }

    [Fact]
    public async Task Override_ByWhoMayOnlyLook_IsRefusedOnTheServerToo()
    {
        Reader.SetRoles(Roles.Viewer);
        var page = Render<BreakersPage>();
        Assert.Equal("true", Button(page, "Smtp", "hold-open").GetAttribute("aria-disabled"));

        // Past the button, as from a page that is older than the person's rights.
        var card = page.FindComponents<BreakerCard>().Single(card => card.Instance.Service == ExternalService.Smtp);
        _ = page.InvokeAsync(() => card.Instance.OverrideAsked.InvokeAsync(BreakerMode.Isolated));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("dialog textarea")));
        page.Find("dialog textarea").Input("coba-coba saja");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("tidak punya hak", page.Find("[data-problem]").TextContent, StringComparison.Ordinal));
        Assert.Equal(0, await ReadAsync<long>("select count(*) from breaker_overrides"));
        Assert.Equal(new RefusedAction("Rina", Permissions.BreakersOverride, "breaker:smtp", "forbidden"), Assert.Single(Refused.TakeAll()).Key);
    }

    [Fact]
    public async Task Page_AfterLeaving_NoLongerListens()
    {
        Render<BreakersPage>();
        Assert.True(Board.SubscriberCount >= 4);

        await DisposeComponentsAsync();

        Assert.Equal(0, Board.SubscriberCount);
        Assert.Equal(0, Ticker.SubscriberCount);
    }

    private Task AddTransitionAsync(string service, string from, string to, string cause, string ago, string figures = "{}") => ExecuteAsync(
        $"insert into node_status (node_id, lock_key, machine_name, process_id, started_at, seen_at) values ('{Boards.Node.Id}', 1, 'kasir-1', 7, app_now() - interval '1 day', app_now()) on conflict do nothing; insert into breaker_transitions (node_id, service, from_state, to_state, cause, at, figures) values ('{Boards.Node.Id}', '{service}', '{from}', '{to}', '{cause}', timestamptz '{_began:O}' - interval '{ago}', '{figures}')");

    private static IElement Card(IRenderedComponent<BreakersPage> page, string service) => page.Find($".breaker-card[data-service={service}]");

    private static IElement Button(IRenderedComponent<BreakersPage> page, string service, string action) => page.Find($".breaker-card[data-service={service}] [data-action={action}]");
}
