using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Shell;
using BuatFilm.Tests.Live;
using Bunit;

namespace BuatFilm.Tests.Shell;

/// <summary>What the features show on the overview.</summary>
public sealed class OverviewTileTests : FeaturePages
{
    [Fact]
    public async Task Orders_OfTheDay_AreCountedInWib()
    {
        await AddOrderAsync("A-1", "paid", "midnight + interval '1 minute'", "midnight + interval '2 minutes'", 250_000);
        await AddOrderAsync("A-2", "paid", "midnight - interval '1 hour'", "midnight + interval '1 second'", 1_000_000);
        await AddOrderAsync("A-3", "paid", "midnight - interval '2 hours'", "midnight - interval '1 second'", 7_000_000);
        await AddOrderAsync("A-4", "queued", "midnight + interval '1 second'", "null", 0);
        await AddOrderAsync("A-5", "on_hold", "midnight - interval '3 days'", "null", 0);

        var page = Render<OverviewPage>();

        page.WaitForAssertion(() => Assert.Equal("2 Rp1.250.000", page.Find("[data-figure=paid] dd").TextContent.Squeeze()));
        Assert.Equal("2", page.Find("[data-figure=placed] dd").TextContent);
        Assert.Equal("1", page.Find("[data-figure=queued] dd").TextContent);
        Assert.Equal("/orders?status=queued", page.Find("[data-figure=queued] a").GetAttribute("href"));
        Assert.Equal("1", page.Find("[data-figure=held] dd").TextContent);
        Assert.Equal("/orders?status=on_hold", page.Find("[data-figure=held] a").GetAttribute("href"));
    }

    [Fact]
    public async Task Alerts_ThatLast_AreShownNewestFirstAndLive()
    {
        await RaiseAsync("breaker_opened", "midtrans", "3 minutes", "null");
        await RaiseAsync("double_payment", "INV-6", "2 minutes", "app_now()");
        var page = Render<OverviewPage>();
        page.WaitForAssertion(() => Assert.Equal(["Midtrans terputus"], Alerts(page)));

        await RaiseAsync("double_payment", "INV-7", "1 minute", "null");
        Write();

        Until(page, () => Assert.Equal(["Pesanan INV-7 dibayar lebih dari sekali", "Midtrans terputus"], Alerts(page)));
        Assert.StartsWith("/alerts?state=unresolved&item=", page.Find("[data-alert] a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operations_ThatRun_ShowHowFarTheyAre()
    {
        await ExecuteAsync(
            """
            insert into operations (id, action, state, actor, filter, counts, total, done, skipped, created_at, started_at)
            values ('0193587a-0000-7000-8000-0000000000aa', 'requeue', 'running', 'Budi', '{}', '{}', 128, 84, 9, app_now(), app_now()),
                   ('0193587a-0000-7000-8000-0000000000bb', 'requeue', 'finished', 'Budi', '{}', '{}', 3, 3, 0, app_now(), app_now())
            """);

        var page = Render<OverviewPage>();

        page.WaitForAssertion(() => Assert.Contains("93 dari 128", Assert.Single(page.FindAll("[data-operation]")).TextContent, StringComparison.Ordinal));
        Assert.Equal("/operations/0193587a-0000-7000-8000-0000000000aa", page.Find("[data-operation] a").GetAttribute("href"));
    }

    [Fact]
    public void Tiles_WithNothing_SaySo()
    {
        var page = Render<OverviewPage>();

        page.WaitForAssertion(() => Assert.Contains("Semua tenang", page.Find("[data-section=alerts]").TextContent, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains("Tidak ada yang berjalan", page.Find("[data-section=operations]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Tiles_WhileTheDatabaseIsAway_DoNotPretend()
    {
        TakeTheDatabaseAway();

        var page = Render<OverviewPage>();

        page.WaitForAssertion(() => Assert.Contains("Tidak dapat dibaca", page.Find("[data-section=alerts]").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        page.WaitForAssertion(() => Assert.Equal("–", page.Find("[data-figure=queued] dd").TextContent), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Tiles_ForWhoMayNotSeeThem_AreNotThere()
    {
        Reader.SetRoles(Roles.Storefront);

        var page = Render<OverviewPage>();

        Assert.Empty(page.FindAll("[data-section=alerts], [data-section=operations], .service-card a, [data-figure=dead] a"));
        Assert.Single(page.FindAll("[data-section=orders]"));
    }

    [Fact]
    public void Nodes_ThatLive_AreNamedWithTheirSignOfLife()
    {
        var other = new NodeReport(Guid.Parse("0193587a-0000-7000-8000-00000000c3d4"), "kasir-2", 7, Boards.Noon.AddHours(-2), Boards.Noon, "{}");
        Publish(snapshot => snapshot with { Cluster = new ClusterStatus(Boards.Node.Id, [other], 0) });

        var page = Render<OverviewPage>();

        var nodes = page.FindAll("[data-node]").Select(node => node.TextContent.Squeeze()).ToList();
        Assert.Contains("server ini", nodes[0], StringComparison.Ordinal);
        Assert.Contains("kasir-2 00c3d4", nodes[1], StringComparison.Ordinal);
        Assert.Contains("kabar terakhir 14.02.05 WIB", nodes[1], StringComparison.Ordinal);
        Assert.Equal("/breakers#smtp", page.Find("[data-service=Smtp] a").GetAttribute("href"));
    }

    private static List<string> Alerts(IRenderedComponent<OverviewPage> page) => [.. page.FindAll("[data-alert] b:first-child").Where(title => title.ParentElement!.ClassList.Contains("tile-what")).Select(title => title.TextContent)];

    private Task RaiseAsync(string kind, string target, string ago, string resolvedAt) => ExecuteAsync(
        $"insert into alerts (kind, severity, target, data, dedupe_key, raised_at, resolved_at) values ('{kind}', 'warning', '{target}', '{{}}', '{kind}:{target}', app_now() - interval '{ago}', {resolvedAt})");

    private Task AddOrderAsync(string id, string status, string createdAt, string paidAt, long paid) => ExecuteAsync(
        $"""
        insert into orders (order_id, storefront, status, gross_amount, paid_amount, refunded_amount, charged_back_amount, customer_name, customer_email, customer_phone, locale, expires_at, paid_at, created_at, updated_at)
        select '{id}', 'test', '{status}', 500000, {paid}, 0, 0, 'Budi', 'budi@contoh.id', '+6281234567890', 'id', app_now(), {paidAt}, {createdAt}, app_now()
        from (select date_trunc('day', app_now() at time zone interval '7 hours') at time zone interval '7 hours' as midnight) t
        """);
}
