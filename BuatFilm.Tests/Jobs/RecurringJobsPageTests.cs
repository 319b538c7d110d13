using BuatFilm.Admin.Components;
using BuatFilm.Admin.Features.Jobs;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Shell;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Tests.Jobs;

public sealed class RecurringJobsPageTests : FeaturePages
{
    [Fact]
    public void Page_BeforeAnyRun_ShowsEveryRegisteredJobInWords()
    {
        var page = Open("recurring-jobs");

        page.WaitForAssertion(() => Assert.Equal(Services.GetServices<RecurringJobEntry>().Count(), page.FindAll("tbody tr[data-key]").Count));
        var row = page.Find("tr[data-key=verify-audit]").TextContent.Squeeze();
        Assert.Contains("Memeriksa keutuhan catatan audit", row, StringComparison.Ordinal);
        Assert.Contains("Setiap hari, 02.47 WIB", row, StringComparison.Ordinal);
        Assert.Contains("Belum pernah jalan", row, StringComparison.Ordinal);
        Assert.Contains("Setiap 5 detik", page.Find("tr[data-key=retry-queued-orders]").TextContent, StringComparison.Ordinal);
        Assert.Equal("/jobs", page.Find("[data-hangfire]").GetAttribute("href"));
    }

    [Fact]
    public async Task Page_WithRuns_TellsResultDurationAndFailures()
    {
        await StoreAsync("reconcile-payments", 71, "Succeeded", """{"PerformanceDuration":"140","Latency":"9"}""");
        await StoreAsync("verify-audit", 72, "Failed", """{"ExceptionMessage":"57014: canceling statement for budi@contoh.id"}""");

        var page = Open("recurring-jobs");

        page.WaitForAssertion(() => Assert.Contains("140 md", page.Find("tr[data-key=reconcile-payments]").TextContent, StringComparison.Ordinal));
        Assert.Contains("Berhasil", page.Find("tr[data-key=reconcile-payments]").TextContent, StringComparison.Ordinal);
        Assert.Contains("Gagal", page.Find("tr[data-key=verify-audit]").TextContent, StringComparison.Ordinal);
        Assert.Contains("row-urgent", page.Find("tr[data-key=verify-audit]").ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Filtered_ShowsThoseThatFail()
    {
        await StoreAsync("verify-audit", 72, "Failed", """{"ExceptionMessage":"57014"}""");

        var page = Open("recurring-jobs?state=failing");

        page.WaitForAssertion(() => Assert.Equal("verify-audit", Assert.Single(page.FindAll("tbody tr[data-key]")).GetAttribute("data-key")));
    }

    [Fact]
    public void Page_FilteredWhileNoneFails_SaysSo()
    {
        var page = Open("recurring-jobs?state=failing");

        page.WaitForAssertion(() => Assert.Contains("Tidak ada yang gagal", page.Find("[data-state=no-match]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Details_SayWhatItIsFor_WhenItRunsNext_AndHowItFailed()
    {
        await StoreAsync("verify-audit", 72, "Failed", """{"ExceptionMessage":"57014: canceling statement for budi@contoh.id"}""");

        var page = Open("recurring-jobs?item=verify-audit");

        page.WaitForAssertion(() => Assert.Contains("muncul peringatan kritis", page.Find("[data-purpose]").TextContent, StringComparison.Ordinal));
        Assert.Contains("dalam ", page.Find("[data-key=next]").TextContent, StringComparison.Ordinal);
        Assert.Contains("57014: canceling statement for b***@contoh.id", page.Find("[data-key=failed]").TextContent, StringComparison.Ordinal);
        Assert.Equal("1", page.Find("[data-key=failures] dd").TextContent.Squeeze());
    }

    [Fact]
    public async Task Details_OfARunThatHangfireHasForgotten_SayThatItWentWell()
    {
        await ExecuteAsync("insert into hangfire.hash (key, field, value) values ('recurring-job:verify-audit', 'LastJobId', '4711'), ('recurring-job:verify-audit', 'LastExecution', '2026-11-23T07:00:00.0000000Z')");

        var page = Open("recurring-jobs?item=verify-audit");

        page.WaitForAssertion(() => Assert.Equal("Forgotten", page.Find(".detail-pane .state").GetAttribute("data-code")));
    }

    [Fact]
    public void Details_OfNoJob_SayThatThereIsNone()
    {
        var page = Open("recurring-jobs?item=x");

        page.WaitForAssertion(() => Assert.Contains("Tidak ada pekerjaan bernama ini", page.Find(".detail-pane").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WithAReason_StartsItOnceAndIsOnRecord()
    {
        var page = Open("recurring-jobs?item=reconcile-payments");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-action=run]")));

        _ = page.Find("[data-action=run]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("dialog textarea")));
        page.Find("dialog textarea").Input("pembayaran terlambat");
        await page.Find("dialog [data-confirm]").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("Dijalankan: Mencocokkan pembayaran", page.Find("[data-answer]").TextContent, StringComparison.Ordinal));
        Assert.Equal(["reconcile-payments"], Services.GetRequiredService<JobDesk>().Triggered);
        Assert.Equal("Rina jobs:trigger job:reconcile-payments done pembayaran terlambat", await ReadAsync<string>("select concat_ws(' ', actor, action, target, outcome, reason) from audit_log"));
    }

    [Theory]
    [InlineData(Roles.Viewer, "reconcile-payments", Permissions.JobsTrigger)]
    [InlineData(Roles.Viewer, "verify-audit", Permissions.AuditRead)]
    [InlineData(Roles.Finance, "reconcile-payments", Permissions.JobsTrigger)]
    public async Task Run_WithoutTheRightThatTheJobNames_IsRefusedOnTheServerToo(string role, string job, string permission)
    {
        Reader.SetRoles(role);
        var page = Open($"recurring-jobs?item={job}");
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=run]").GetAttribute("aria-disabled")));

        Assert.Equal(RunResult.Denied, await RunAsync(job));

        Assert.Empty(Services.GetRequiredService<JobDesk>().Triggered);
        Assert.Equal(new RefusedAction("Rina", permission, $"job:{job}", "forbidden"), Assert.Single(Refused.TakeAll()).Key);
        Assert.Equal(0, await ReadAsync<long>("select count(*) from audit_log"));
    }

    [Fact]
    public async Task Run_OfWhatIsNoJob_StartsNothing()
    {
        Assert.Equal(RunResult.Unknown, await RunAsync("drop-everything"));
        Assert.Empty(Services.GetRequiredService<JobDesk>().Triggered);
    }

    [Theory]
    [InlineData("*/15 * * * * *", "Setiap 15 detik")]
    [InlineData("* * * * *", "Setiap menit")]
    [InlineData("*/10 * * * *", "Setiap 10 menit")]
    [InlineData("17 19 * * *", "Setiap hari, 02.17 WIB")]
    [InlineData("0 3 * * 1", "0 3 * * 1")]
    public void Schedule_OfEachKind_IsSaidInWords(string cron, string words) =>
        Assert.Equal(words, JobSchedule.InWords(cron, Services.GetRequiredService<IStringLocalizer<RecurringJobsPageTexts>>(), Services.GetRequiredService<Formats>()));

    private async Task<RunResult> RunAsync(string job)
    {
        var user = (await Services.GetRequiredService<AuthenticationStateProvider>().GetAuthenticationStateAsync()).User;
        return await Services.GetRequiredService<StartRecurringJobNow>().ExecuteAsync(user, job, null, Xunit.TestContext.Current.CancellationToken);
    }

    /// <summary>A run as Hangfire keeps it.</summary>
    private Task StoreAsync(string id, int run, string state, string data) => ExecuteAsync(
        $$"""
        insert into hangfire.job (id, invocationdata, arguments, createdat) values ({{run}}, '{}', '[]', clock_timestamp());
        insert into hangfire.state (id, jobid, name, createdat, data) values ({{run}}, {{run}}, '{{state}}', clock_timestamp(), '{{data}}');
        update hangfire.job set stateid = {{run}}, statename = '{{state}}' where id = {{run}};
        insert into hangfire.jobparameter (jobid, name, value) values ({{run}}, 'RecurringJobId', '"{{id}}"');
        insert into hangfire.hash (key, field, value) values
            ('recurring-job:{{id}}', 'LastJobId', '{{run}}'), ('recurring-job:{{id}}', 'LastExecution', '2026-11-23T07:00:00.0000000Z'), ('recurring-job:{{id}}', 'NextExecution', '2026-11-23T19:47:00.0000000Z');
        """);

    private IRenderedComponent<RecurringJobsPage> Open(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<RecurringJobsPage>();
    }
}
