using BuatFilm.Admin.Features.Auditing;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Shell;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Tests.Auditing;

public sealed class AuditPageTests : FeaturePages
{
    [Fact]
    public async Task Page_WithEntries_SaysWhoDidWhatAndWhy_NewestFirst()
    {
        await StoreAsync();

        var page = Open("audit");

        page.WaitForAssertion(() => Assert.Equal(["Mengatur pemutus secara manual", "Mencoba lagi pesan gagal", "Operasi massal selesai"], Titles(page)));
        var rows = page.FindAll("tbody tr").Select(row => row.TextContent.Squeeze()).ToList();
        Assert.Contains("Rina Wulandari", rows[0], StringComparison.Ordinal);
        Assert.Contains("Meta mengumumkan gangguan", rows[0], StringComparison.Ordinal);
        Assert.Contains("Program (kasir)", rows[1], StringComparison.Ordinal);
        Assert.Contains("Tidak punya hak", rows[1], StringComparison.Ordinal);
        Assert.Contains("Sistem", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Filtered_ShowsWhatMatches()
    {
        await StoreAsync();

        await ShowsAsync("audit?actor=wulan", "Mengatur pemutus secara manual");
        await ShowsAsync("audit?actor=%25", []);
        await ShowsAsync("audit?action=dead-letters:requeue", "Mencoba lagi pesan gagal");
        await ShowsAsync("audit?target=breaker:", "Mengatur pemutus secara manual");
        await ShowsAsync("audit?outcome=refused", "Mencoba lagi pesan gagal");
        await ShowsAsync("audit?at-to=2020-01-01");
    }

    [Fact]
    public void Page_WithoutEntries_SaysWhatWillCome()
    {
        var page = Open("audit");

        page.WaitForAssertion(() => Assert.Contains("Belum ada catatan", page.Find("[data-state=empty]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Details_ShowBeforeAndAfter_TheTarget_AndThatTheEntryIsWhole()
    {
        await StoreAsync();

        var page = Open("audit?item=3");

        page.WaitForAssertion(() => Assert.Equal("automatic → isolated", page.Find("[data-changes] dd").TextContent.Squeeze()));
        Assert.Equal("/breakers#whatsapp", page.Find("[data-target]").GetAttribute("href"));
        Assert.Contains("Meta mengumumkan gangguan", page.Find("[data-reason]").TextContent, StringComparison.Ordinal);
        Assert.Equal("yes", page.Find("[data-intact]").GetAttribute("data-intact"));
        Assert.Equal(await ReadAsync<string>("select encode(hash, 'hex') from audit_log where id = 3"), page.Find("[data-key=hash] code").TextContent);
    }

    [Fact]
    public async Task Details_OfABulkOperation_LeadToIt()
    {
        await StoreAsync();

        var page = Open("audit?item=1");

        page.WaitForAssertion(() => Assert.Equal("/operations/0193587a-0000-7000-8000-00000000c3d4", page.Find("[data-key=operation] a").GetAttribute("href")));
        Assert.Equal("84", page.Find("[data-key=done] dd").TextContent.Squeeze());
    }

    [Theory]
    [InlineData("999")]
    [InlineData("x")]
    public void Details_OfNoEntry_SayThatThereIsNone(string key)
    {
        var page = Open($"audit?item={key}");

        page.WaitForAssertion(() => Assert.Contains("Catatan ini tidak ada", page.Find(".detail-pane").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Details_OfAChangedEntry_SayThatItWasChanged_AndItsFollowerIsStillItself()
    {
        await StoreAsync();
        await ForgeAsync("update audit_log set reason = 'lain' where id = 2");

        var changed = Open("audit?item=2");
        changed.WaitForAssertion(() => Assert.Contains("tidak lagi seperti saat ditulis", changed.Find("[data-intact=no]").TextContent, StringComparison.Ordinal));
        await DisposeComponentsAsync();
        var follower = Open("audit?item=3");
        follower.WaitForAssertion(() => Assert.NotEmpty(follower.FindAll("[data-intact=yes]")));
    }

    [Fact]
    public async Task Details_AfterADeletedEntry_SayThatOneIsMissing()
    {
        await StoreAsync();
        await ForgeAsync("delete from audit_log where id = 2");

        var page = Open("audit?item=3");

        page.WaitForAssertion(() => Assert.Contains("tidak menyambung", page.Find("[data-intact=no]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_OfAWholeLog_SaysSoAndIsItselfOnRecord()
    {
        await StoreAsync();
        var page = Open("audit");
        Assert.NotEmpty(page.FindAll("[data-chain=unknown]"));

        await page.Find("[data-action=verify]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("Utuh: 3 catatan", page.Find("[data-chain=whole]").TextContent, StringComparison.Ordinal));
        Assert.Equal("Rina audit_checked audit done 3", await ReadAsync<string>("select concat_ws(' ', actor, action, target, outcome, data ->> 'count') from audit_log order by id desc limit 1"));
        page.WaitForAssertion(() => Assert.Equal("Memeriksa keutuhan catatan audit", Titles(page)[0]));
    }

    [Fact]
    public async Task Check_OfAChangedLog_NamesTheFirstBrokenEntry()
    {
        await StoreAsync();
        await ForgeAsync("update audit_log set actor = 'orang lain' where id = 2");
        var page = Open("audit");

        await page.Find("[data-action=verify]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("catatan nomor 2 diubah", page.Find("[data-chain=broken]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_ByWhoMayNot_IsRefused()
    {
        Reader.SetRoles(Roles.Viewer);
        var user = (await Services.GetRequiredService<AuthenticationStateProvider>().GetAuthenticationStateAsync()).User;

        Assert.Null(await Services.GetRequiredService<CheckAuditChain>().ExecuteAsync(user, Xunit.TestContext.Current.CancellationToken));
        Assert.Equal(new RefusedAction("Rina", Permissions.AuditRead, "audit", "forbidden"), Assert.Single(Refused.TakeAll()).Key);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("en")]
    public void Words_OfEveryAction_AreThere(string language)
    {
        Speak(language);
        var texts = Services.GetRequiredService<IStringLocalizer<AuditPageTexts>>();

        Assert.All(Permissions.All.Concat(AuditLook.SystemActions), action => Assert.False(texts[$"Action.{action}"].ResourceNotFound, action));
    }

    private Task StoreAsync() => ExecuteAsync(
        """
        insert into audit_log (actor, action, target, outcome, data, operation_id)
        values ('system', 'operation_finished', 'operation:0193587a-0000-7000-8000-00000000c3d4', 'done', '{"done":84,"skipped":9}', '0193587a-0000-7000-8000-00000000c3d4');
        insert into audit_log (actor, action, target, outcome, reason, data) values ('api:kasir', 'dead-letters:requeue', 'message:42', 'refused', 'forbidden', '{"times":2}');
        insert into audit_log (actor, action, target, outcome, reason, data)
        values ('Rina Wulandari', 'breakers:override', 'breaker:whatsapp', 'done', 'Meta mengumumkan gangguan', '{"before":"automatic","after":"isolated","revision":3}');
        """);

    /// <summary>What only the owner of the tables can do, and only past their triggers.</summary>
    private Task ForgeAsync(string sql) => ExecuteAsync($"alter table audit_log disable trigger all; {sql}; alter table audit_log enable trigger all");

    private IRenderedComponent<AuditPage> Open(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<AuditPage>();
    }

    private async Task ShowsAsync(string address, params string[] titles)
    {
        var page = Open(address);
        page.WaitForAssertion(() => Assert.Equal(titles, Titles(page)));
        if (titles.Length == 0)
        {
            page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-state=no-match]")));
        }

        await DisposeComponentsAsync();
    }

    private static List<string> Titles(IRenderedComponent<AuditPage> page) => [.. page.FindAll("tbody tr[data-key] [data-row-link]").Select(link => link.TextContent.Squeeze())];
}
