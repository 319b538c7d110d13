using System.Globalization;
using BuatFilm.Admin.Features.Alerts;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Shell;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Tests.Alerts;

public sealed class AlertsPageTests : FeaturePages
{
    [Fact]
    public async Task Page_WithAlerts_SaysInWordsWhatHappened()
    {
        await RaiseAsync("breaker_opened", "critical", "midtrans", "3 minutes");
        await RaiseAsync("double_payment", "warning", "INV-7", "2 minutes");

        var page = Open("alerts");

        page.WaitForAssertion(() => Assert.Equal(["Pesanan INV-7 dibayar lebih dari sekali", "Midtrans terputus"], Titles(page)));
        Assert.Contains("Gawat", page.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("Belum ditangani", page.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("row-urgent", page.FindAll("tbody tr")[1].ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_InEnglish_SpeaksEnglish()
    {
        Speak("en");
        await RaiseAsync("breaker_opened", "critical", "midtrans", "3 minutes");

        var page = Open("alerts");

        page.WaitForAssertion(() => Assert.Single(Titles(page)));
        Assert.DoesNotContain("terputus", page.Markup, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Nobody on it", page.Find("tbody").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Filtered_ShowsWhatMatches()
    {
        await RaiseAsync("breaker_opened", "critical", "midtrans", "4 minutes");
        await RaiseAsync("breaker_opened", "warning", "smtp", "3 minutes", "acknowledged_at = app_now(), acknowledged_by = 'Budi'");
        await RaiseAsync("double_payment", "warning", "INV-7", "2 minutes", "resolved_at = app_now()");

        await ShowsAsync("alerts?state=open", "Midtrans terputus");
        await ShowsAsync("alerts?state=acknowledged", "Server email terputus");
        await ShowsAsync("alerts?state=resolved", "Pesanan INV-7 dibayar lebih dari sekali");
        await ShowsAsync("alerts?state=unresolved", "Server email terputus", "Midtrans terputus");
        await ShowsAsync("alerts?severity=critical", "Midtrans terputus");
        await ShowsAsync("alerts?kind=double_payment", "Pesanan INV-7 dibayar lebih dari sekali");
        await ShowsAsync("alerts?at-to=2020-01-01");
    }

    [Fact]
    public void Page_WithoutAlerts_SaysWhatWillCome()
    {
        var page = Open("alerts");

        page.WaitForAssertion(() => Assert.Contains("Belum ada peringatan", page.Find("[data-state=empty]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Details_OfAnAlert_SayWhatItMeansWhatToDoAndWhoWasTold()
    {
        var id = await RaiseAsync("breaker_opened", "critical", "midtrans", "3 minutes");
        await ExecuteAsync(
            $"""
            with message as (
                insert into notification_outbox (channel, kind, recipient, locale, data, max_attempts)
                values ('webhook', 'alert', 'https://hooks.contoh.id/rahasia-123', 'id', '{"{}"}', 5) returning id)
            insert into alert_notices (alert_id, message_id, kind) select {id}, id, 'raised' from message
            """);

        var page = Open($"alerts?item={id}");

        page.WaitForAssertion(() => Assert.Contains("Periksa halaman status Midtrans", page.Find("[data-runbook]").TextContent, StringComparison.Ordinal));
        var pane = page.Find(".detail-pane");
        Assert.Contains("Pesanan baru tetap diterima", pane.TextContent, StringComparison.Ordinal);
        Assert.Equal("/breakers#midtrans", page.Find("[data-related]").GetAttribute("href"));
        Assert.Equal("Buka pemutus layanan", page.Find("[data-related]").TextContent);
        Assert.Contains("hooks.contoh.id", page.Find("[data-notices]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("rahasia", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("999999")]
    [InlineData("x")]
    public void Details_OfNoAlert_SayThatThereIsNone(string key)
    {
        var page = Open($"alerts?item={key}");

        page.WaitForAssertion(() => Assert.Contains("tidak ada, atau sudah dihapus", page.Find(".detail-pane").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Acknowledge_FromTheDetails_IsSeenAndOnRecordWithItsNote()
    {
        var id = await RaiseAsync("breaker_opened", "critical", "midtrans", "3 minutes");
        var page = Open($"alerts?item={id}");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-action=acknowledge]")));

        _ = page.Find("[data-action=acknowledge]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("dialog textarea")));
        page.Find("dialog textarea").Input("sudah menelepon\nMidtrans");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("Sedang ditangani", page.Find("tbody").TextContent, StringComparison.Ordinal));
        Assert.Equal("Rina", await ReadAsync<string>("select acknowledged_by from alerts"));
        Assert.Equal($"Rina alerts:acknowledge alert:{id} done sudah menelepon Midtrans", await ReadAsync<string>("select concat_ws(' ', actor, action, target, outcome, reason) from audit_log"));
        Write();
        Until(page, () => Assert.Contains("Rina", page.Find("[data-key=acknowledged]").TextContent, StringComparison.Ordinal));
        Assert.Contains("sudah menelepon Midtrans", page.Find("[data-key=note]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-action=acknowledge]"));
    }

    [Fact]
    public async Task Acknowledge_OfSeveral_TakesEachOnAndLeavesOthersTheirs()
    {
        await RaiseAsync("breaker_opened", "critical", "midtrans", "4 minutes");
        await RaiseAsync("double_payment", "warning", "INV-7", "3 minutes", "acknowledged_at = app_now(), acknowledged_by = 'Budi'");
        await RaiseAsync("double_payment", "warning", "INV-8", "2 minutes");
        var page = Open("alerts");
        page.WaitForAssertion(() => Assert.Equal(3, Titles(page).Count));
        page.Find("thead input").Click();

        _ = page.Find("[data-action=acknowledge-selected]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("2 peringatan", page.Find("dialog h2").TextContent, StringComparison.Ordinal));
        Assert.StartsWith("1 lainnya", page.Find("dialog [data-others]").TextContent, StringComparison.Ordinal);
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".selection-bar")));
        Assert.Equal("2 peringatan ditandai sedang ditangani.", page.Find("[data-answer]").TextContent);
        Assert.Equal("Budi, Rina, Rina", await ReadAsync<string>("select string_agg(acknowledged_by, ', ' order by acknowledged_by) from alerts"));
        Assert.Equal(2, await ReadAsync<long>("select count(*) from audit_log where action = 'alerts:acknowledge'"));
    }

    [Fact]
    public async Task Acknowledge_OfAllThatMatch_TakesThoseThatTheQuestionCounted()
    {
        await ExecuteAsync("insert into alerts (kind, severity, target, data, dedupe_key, raised_at) select 'charged_back', 'warning', 'INV-' || n, '{}', 'old:' || n, app_now() - make_interval(hours => n) from generate_series(1, 60) n");
        await ExecuteAsync("update alerts set resolved_at = app_now() where dedupe_key in ('old:59', 'old:60')");
        var page = Open("alerts?kind=charged_back");
        page.WaitForAssertion(() => Assert.Equal(50, Titles(page).Count));
        page.Find("thead input").Click();
        page.WaitForElement("[data-select-all]").Click();

        _ = page.Find("[data-action=acknowledge-selected]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("58 peringatan", page.Find("dialog h2").TextContent, StringComparison.Ordinal));
        Assert.StartsWith("2 lainnya", page.Find("dialog [data-others]").TextContent, StringComparison.Ordinal);
        var added = await RaiseAsync("charged_back", "warning", "INV-61", "1 minute");
        await ExecuteAsync("update alerts set acknowledged_at = app_now(), acknowledged_by = 'Budi' where dedupe_key = 'old:1'");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Equal(
            "57 peringatan ditandai sedang ditangani. 1 lainnya lebih dulu ditangani orang lain atau sudah selesai.",
            page.Find("[data-answer]").TextContent));
        Assert.Equal(57, await ReadAsync<long>("select count(*) from audit_log where action = 'alerts:acknowledge' and outcome = 'done'"));
        Assert.Equal("Budi", await ReadAsync<string>("select acknowledged_by from alerts where dedupe_key = 'old:1'"));
        Assert.Equal(0, await ReadAsync<long>($"select count(*) from alerts where (id = {added} or resolved_at is not null) and acknowledged_at is not null"));
    }

    [Fact]
    public async Task Acknowledge_ThatFailsOnTheWay_TakesNoneAndSaysSo()
    {
        await RaiseAsync("charged_back", "warning", "INV-7", "3 minutes");
        var last = await RaiseAsync("charged_back", "warning", "INV-8", "2 minutes");
        await ExecuteAsync(
            $"""
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$;
            create trigger refuse before insert on audit_log for each row when (new.target = 'alert:{last}') execute function refuse();
            """);
        var page = Open("alerts");
        page.WaitForAssertion(() => Assert.Equal(2, Titles(page).Count));
        page.Find("thead input").Click();

        _ = page.Find("[data-action=acknowledge-selected]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("dialog [data-confirm]")));
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("Tidak berhasil ditandai", page.Find("[data-problem]").TextContent, StringComparison.Ordinal));
        Assert.Equal(0, await ReadAsync<long>("select count(*) from alerts where acknowledged_at is not null"));
        Assert.Equal(0, await ReadAsync<long>("select count(*) from audit_log where action = 'alerts:acknowledge'"));
        Assert.Single(page.FindAll(".selection-bar"));
        Assert.DoesNotContain("no room", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acknowledge_WhileTheAlertsCannotBeRead_SaysSoAndKeepsThePage()
    {
        await RaiseAsync("charged_back", "warning", "INV-7", "3 minutes");
        var page = Open("alerts");
        page.WaitForAssertion(() => Assert.Single(Titles(page)));
        page.Find("thead input").Click();
        await ExecuteAsync("alter table alerts rename to alerts_away");

        _ = page.Find("[data-action=acknowledge-selected]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("Tidak berhasil ditandai", page.Find("[data-problem]").TextContent, StringComparison.Ordinal));
        Assert.Single(Titles(page));
    }

    [Fact]
    public async Task Acknowledge_OfWhatOthersHaveSettled_AsksNothing()
    {
        await RaiseAsync("charged_back", "warning", "INV-7", "3 minutes");
        var page = Open("alerts");
        page.WaitForAssertion(() => Assert.Single(Titles(page)));
        page.Find("thead input").Click();
        await ExecuteAsync("update alerts set acknowledged_at = app_now(), acknowledged_by = 'Budi'");

        _ = page.Find("[data-action=acknowledge-selected]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.StartsWith("Tidak ada yang perlu ditandai", page.Find("[data-answer]").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("dialog h2"));
        page.WaitForAssertion(() => Assert.Contains("Budi", page.Find("tbody").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Details_OfWhatIsOver_OfferNothingToTakeOn()
    {
        var id = await RaiseAsync("breaker_opened", "critical", "midtrans", "3 minutes", "resolved_at = app_now()");

        var page = Open($"alerts?item={id}");

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-related]")));
        Assert.Empty(page.FindAll("[data-action=acknowledge]"));
        Assert.Empty(page.FindAll("[data-runbook]"));
    }

    [Fact]
    public async Task Acknowledge_ByWhoMayOnlyLook_IsRefused()
    {
        var id = await RaiseAsync("breaker_opened", "critical", "midtrans", "3 minutes");
        Reader.SetRoles(Roles.Viewer);
        var page = Open($"alerts?item={id}");
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=acknowledge]").GetAttribute("aria-disabled")));

        // Past the button, as from a page that is older than the person's rights.
        _ = page.InvokeAsync(() => page.FindComponent<AlertDetail>().Instance.AcknowledgeAsked.InvokeAsync(id));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("dialog textarea")));
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("tidak punya hak", page.Find("[data-problem]").TextContent, StringComparison.Ordinal));
        Assert.Equal(1, await ReadAsync<long>("select count(*) from alerts where acknowledged_at is null"));
        Assert.Equal(new RefusedAction("Rina", Permissions.AlertsAcknowledge, $"alert:{id}", "forbidden"), Assert.Single(Refused.TakeAll()).Key);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("en")]
    public void Kinds_All_HaveAWordToFilterBy(string language)
    {
        Speak(language);
        var texts = Services.GetRequiredService<IStringLocalizer<AlertsPageTexts>>();

        Assert.All(AlertForm.All.Keys, kind => Assert.False(texts[$"Kind.{kind}"].ResourceNotFound, kind));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("en")]
    public void Kinds_ThatLeadSomewhere_SayWhere(string language)
    {
        Speak(language);
        var texts = Services.GetRequiredService<IStringLocalizer<AlertsPageTexts>>();
        var leading = AlertForm.All.Keys.Where(kind => AlertLook.PageOf(kind, "INV-7") is not null).ToList();

        Assert.True(leading.Count > 15, "Few of them lead anywhere.");
        Assert.All(leading, kind => Assert.DoesNotContain("Related.", AlertLook.LinkTo(kind, "INV-7", texts), StringComparison.Ordinal));
    }

    private IRenderedComponent<AlertsPage> Open(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<AlertsPage>();
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

    private Task<long> RaiseAsync(string kind, string severity, string target, string ago, string? set = null) => ReadAsync<long>(
        $$"""
        insert into alerts (kind, severity, target, data, dedupe_key, raised_at{{(set is null ? "" : string.Concat(set.Split(", ").Select(part => ", " + part.Split(" = ")[0])))}})
        values ('{{kind}}', '{{severity}}', '{{target}}', '{}', '{{string.Create(CultureInfo.InvariantCulture, $"{kind}:{target}")}}', app_now() - interval '{{ago}}'{{(set is null ? "" : string.Concat(set.Split(", ").Select(part => ", " + part.Split(" = ")[1])))}})
        returning id
        """);

    private static List<string> Titles(IRenderedComponent<AlertsPage> page) => [.. page.FindAll("tbody tr[data-key] [data-row-link]").Select(link => link.TextContent.Squeeze())];
}
