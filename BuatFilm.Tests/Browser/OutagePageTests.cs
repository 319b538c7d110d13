using System.Globalization;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace BuatFilm.Tests.Browser;

/// <summary>The pages one opens during an outage: live, still under the reader's eyes, and quick to act from.</summary>
public sealed class OutagePageTests(BrowserHost host) : BrowserTest(host), IClassFixture<BrowserHost>
{
    private static readonly PageWaitForSelectorOptions Attached = new() { State = WaitForSelectorState.Attached };

    [Fact]
    public async Task Breakers_WhenOneOpens_ShowItWithoutReloadAndWithoutMovingTheHistory()
    {
        await AddTransitionsAsync("midtrans", 40);
        var page = await OpenAsync("/breakers?service=midtrans");
        await page.EvaluateAsync("() => window.notReloaded = true");
        var row = page.Locator("tbody tr").Nth(10);
        var key = await row.GetAttributeAsync("data-key");
        await row.ScrollIntoViewIfNeededAsync();
        await row.HoverAsync();
        var before = (await row.BoundingBoxAsync())!.Y;
        var now = TimeProvider.System.GetUtcNow();

        await PublishAsync(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Open, now, now.AddMinutes(5)));
        await AddTransitionsAsync("midtrans", 1);

        await page.WaitForSelectorAsync("[data-service=Midtrans] header [data-state=Open]");
        await page.WaitForSelectorAsync("[data-service=Midtrans] [data-trial]");
        await page.WaitForSelectorAsync("[data-news]");
        Assert.Equal(41, await ReadAsync<long>("select count(*) from breaker_transitions where service = 'midtrans' and cause = 'consecutive_outages'"));
        Assert.Equal(before, (await page.Locator($"tr[data-key='{key}']").BoundingBoxAsync())!.Y, 1f);
        Assert.Equal(10, await page.Locator($"tr[data-key='{key}']").EvaluateAsync<int>("row => [...row.parentElement.children].indexOf(row)"));
        await PublishAsync(snapshot => snapshot.WithBreaker(ExternalService.Midtrans, BreakerState.Closed, now, null));
        await page.WaitForSelectorAsync("[data-service=Midtrans] header [data-state=Closed]");
        Assert.True(await page.EvaluateAsync<bool>("() => window.notReloaded"));
    }

    [Fact]
    public async Task Override_ByClickWithAReason_HoldsTheBreakerAndIsOnRecord()
    {
        var page = await OpenAsync("/breakers");
        await page.Locator("[data-service=WhatsApp] [data-action=hold-open]").ClickAsync();
        await page.WaitForFunctionAsync("() => document.activeElement.matches('dialog textarea')");
        await page.IsGoodInEveryLookAsync("breakers-override");
        await page.LookAsync(Look.Desktop);
        await page.Locator("dialog textarea").FillAsync("Meta mengumumkan gangguan");
        await page.Locator("dialog select").SelectOptionAsync("10");
        await page.Locator("dialog [data-confirm]").ClickAsync();

        await page.WaitForSelectorAsync("[data-service=WhatsApp] [data-override=isolated]");
        await page.WaitForSelectorAsync("[data-service=WhatsApp] header [data-state=Isolated]");
        Assert.Equal("isolated Meta mengumumkan gangguan", await ReadAsync<string>("select concat_ws(' ', mode, reason) from breaker_overrides where service = 'whatsapp'"));
        Assert.Equal(1, await ReadAsync<long>("select count(*) from audit_log where action = 'breakers:override' and target = 'breaker:whatsapp' and actor = 'Rina Wulandari' and outcome = 'done'"));
        await page.IsGoodInEveryLookAsync("breakers");

        await page.LookAsync(Look.Desktop);
        await page.Locator("[data-service=WhatsApp] [data-action=release]").ClickAsync();
        await page.Locator("dialog[open] textarea").FillAsync("Meta sudah pulih");
        await page.Locator("dialog[open] [data-confirm]").ClickAsync();
        await page.WaitForSelectorAsync("[data-service=WhatsApp] [data-override]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        Assert.Equal("Meta sudah pulih", await ReadAsync<string>("select reason from audit_log where target = 'breaker:whatsapp' order by id desc limit 1"));
        Assert.Equal("automatic", await ReadAsync<string>("select mode from breaker_overrides where service = 'whatsapp'"));
    }

    [Fact]
    public async Task Alerts_AcknowledgedByClick_LoseTheirBadgeAndAreOnRecord()
    {
        await RaiseAsync("double_payment", "critical", "INV-2026-0001");
        await RaiseAsync("charged_back", "warning", "INV-2026-0002");
        var page = await OpenAsync("/alerts?kind=double_payment");
        await page.WaitForSelectorAsync(".menu a[href='/alerts'] .badge", Attached);
        await page.Locator("tbody tr [data-row-link]").First.ClickAsync();
        await page.WaitForSelectorAsync("[data-runbook]");
        await page.IsGoodInEveryLookAsync("alerts-details");

        await page.LookAsync(Look.Desktop);
        await page.Locator("[data-action=acknowledge]").ClickAsync();
        await page.Locator("dialog textarea").FillAsync("sedang dicek di dasbor");
        await page.Locator("dialog [data-confirm]").ClickAsync();

        await page.WaitForSelectorAsync("[data-key=acknowledged] bdi");
        Assert.Equal("Rina Wulandari", await ReadAsync<string>("select acknowledged_by from alerts where kind = 'double_payment'"));
        Assert.Equal("sedang dicek di dasbor", await ReadAsync<string>("select reason from audit_log where action = 'alerts:acknowledge' and outcome = 'done'"));

        await page.GotoAsync("/alerts");
        await page.LiveAsync();
        await page.Locator("thead input").ClickAsync();
        await page.WaitForSelectorAsync("[data-action=acknowledge-selected]");
        await page.IsGoodInEveryLookAsync("alerts");
        await page.LookAsync(Look.Desktop);
        await page.Locator("[data-action=acknowledge-selected]").ClickAsync();
        await page.Locator("dialog [data-confirm]").ClickAsync();
        await page.WaitForSelectorAsync(".selection-bar", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        await page.WaitForSelectorAsync(".menu a[href='/alerts'] .badge", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        Assert.Equal(0, await ReadAsync<long>("select count(*) from alerts where acknowledged_at is null and resolved_at is null"));
    }

    [Fact]
    public async Task Alerts_WhenOneIsRaised_ShowItOnTheirPageAndOnTheOverview()
    {
        var alerts = await OpenAsync("/alerts?kind=payment_refuted");
        var overview = await OpenAsync("/");
        await alerts.WaitForSelectorAsync("[data-state=no-match]");

        await RaiseAsync("payment_refuted", "critical", "INV-2026-0003");

        await alerts.WaitForSelectorAsync("tbody tr[data-key]");
        await overview.WaitForFunctionAsync("() => document.querySelector('[data-section=alerts]').textContent.includes('INV-2026-0003')");
    }

    [Fact]
    public async Task LevelAndOverview_DuringAnOutage_AreGood()
    {
        await ExecuteAsync(
            """
            insert into degradation_changes (node_id, from_level, to_level, causes, at)
            values (gen_random_uuid(), 'normal', 'degraded', '{midtrans}', app_now() - interval '3 hours'), (gen_random_uuid(), 'degraded', 'normal', '{}', app_now() - interval '2 hours')
            """);
        await ExecuteAsync(
            """
            insert into operations (id, action, state, actor, filter, counts, total, done, skipped, created_at, started_at, lease_owner, lease_until)
            values (gen_random_uuid(), 'requeue', 'running', 'Rina Wulandari', '{}', '{}', 128, 84, 9, app_now(), app_now(), gen_random_uuid(), app_now() + interval '1 hour')
            """);
        await RaiseAsync("amount_mismatch", "critical", "INV-2026-0004");
        var page = await OpenAsync("/degradation");
        var now = TimeProvider.System.GetUtcNow();

        await PublishAsync(snapshot => snapshot
            .WithBreaker(ExternalService.Smtp, BreakerState.Open, now, now.AddMinutes(2))
            .WithBreaker(ExternalService.Midtrans, BreakerState.HalfOpen, now, null));

        await page.WaitForSelectorAsync("[data-capability=TakePayments][data-state=Delayed]");
        await page.IsGoodInEveryLookAsync("degradation");
        await page.LookAsync(Look.Desktop);
        await page.PictureAsync("degradation-whole", isWhole: true);
        await page.GotoAsync("/");
        await page.LiveAsync();
        await page.WaitForSelectorAsync("[data-section=alerts] [data-alert]");
        await page.WaitForSelectorAsync("[data-operation]");
        await page.IsGoodInEveryLookAsync("overview-outage");
        await page.LookAsync(Look.Desktop);
        await page.PictureAsync("overview-whole", isWhole: true);
        await page.LookAsync(Look.Phone);
        await page.PictureAsync("overview-whole-phone", isWhole: true);
        await page.GotoAsync("/glossary");
        await page.LiveAsync();
        await page.WaitForSelectorAsync(".level-banner a[href='/degradation']");
        await page.IsGoodInEveryLookAsync("banner");
        await page.LookAsync(Look.Desktop);
        await page.GotoAsync("/breakers");
        await page.LiveAsync();
        await page.PictureAsync("breakers-whole", isWhole: true);
        await page.LookAsync(Look.Phone);
        await page.PictureAsync("breakers-whole-phone", isWhole: true);
        await PublishAsync(snapshot => snapshot.WithBreaker(ExternalService.Smtp, BreakerState.Closed, now, null).WithBreaker(ExternalService.Midtrans, BreakerState.Closed, now, null));
    }

    private async Task PublishAsync(Func<StatusSnapshot, StatusSnapshot> change) =>
        (await Host.AppAsync()).Services.GetRequiredService<StatusBoard>().Publish(change);

    private async Task ExecuteAsync(string sql) => await TestPostgres.ExecuteAsync((await Host.AppAsync()).ConnectionString, sql);

    private async Task<T> ReadAsync<T>(string sql) => await (await Host.AppAsync()).ReadAsync<T>(sql);

    private Task AddTransitionsAsync(string service, int count) => ExecuteAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"insert into breaker_transitions (node_id, service, from_state, to_state, cause, at, figures) select gen_random_uuid(), '{service}', 'closed', 'open', 'consecutive_outages', app_now() - interval '1 minute', '{{}}' from generate_series(1, {count})"));

    private Task RaiseAsync(string kind, string severity, string target) => ExecuteAsync(
        $"insert into alerts (kind, severity, target, data, dedupe_key) values ('{kind}', '{severity}', '{target}', '{{\"code\":\"uji\"}}', '{kind}:{target}')");
}
