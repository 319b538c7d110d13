using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Accounts;

/// <summary>Who gets to see what, over HTTP.</summary>
public sealed partial class AccessTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task Page_WithoutTheRight_SaysWhichIsMissingAndWhomToAsk()
    {
        await app.AddPersonAsync(Roles.Admin, "Sri Mulyani");
        using var browser = await app.SignInAsync(Roles.Viewer, "Tono Hartono");

        using var answer = await browser.GetAsync("/users", TestContext.Current.CancellationToken);

        var html = await answer.TextAsync();
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("data-permission=\"users:manage\"", html, StringComparison.Ordinal);
        Assert.Contains("Mengelola petugas dan perannya", html, StringComparison.Ordinal);
        Assert.Contains("Sri Mulyani", html, StringComparison.Ordinal);
        Assert.DoesNotContain("data-list=\"users\"", html, StringComparison.Ordinal);
        await AppHost.EventuallyAsync(
            async () => await app.ReadAsync<long>("select count(*) from audit_log where actor = 'Tono Hartono' and action = 'users:manage' and outcome = 'refused' and target = 'GET /users'") == 1,
            "the refusal is written down");
    }

    [Fact]
    public async Task Circuit_WithoutASession_IsRefused()
    {
        using var browser = app.Browser();

        using var answer = await browser.PostAsync(new Uri("/_blazor/negotiate?negotiateVersion=1", UriKind.Relative), null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task UnknownAddress_WithoutASession_ShowsNothingOfTheShop()
    {
        using var browser = app.Browser();

        var html = await browser.PageAsync("/no-such-page");

        Assert.Contains("Halaman tidak ada", html, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"menu\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--Blazor:{\"type\":\"server\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_ForAViewer_AreToLookAt_AndForAnAdminToRun()
    {
        using var viewer = await app.SignInAsync(Roles.Viewer, "Umar Bakri");
        using var admin = await app.SignInAsync(Roles.Admin, "Vina Panduwinata");
        await AppHost.EventuallyAsync(async () => (await admin.PageAsync("/jobs/recurring")).Contains("deliver-outbox", StringComparison.Ordinal), "the jobs are there", seconds: 90);

        var seen = await viewer.PageAsync("/jobs/recurring");
        var run = await admin.PageAsync("/jobs/recurring");

        Assert.Contains("deliver-outbox", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("/recurring/trigger", seen, StringComparison.Ordinal);
        Assert.Contains("/recurring/trigger", run, StringComparison.Ordinal);
        Assert.Contains("href=\"/\"", run, StringComparison.Ordinal);
        foreach (var browser in new[] { viewer, admin })
        {
            // Without the token even an Admin's browser is not made to do anything.
            using var answer = await browser.PostAsync("/jobs/recurring/trigger", null, token: null, ("jobs[]", "verify-audit"));
            Assert.Contains((int)answer.StatusCode, (int[])[400, 401, 403]);
        }

        // What was done, and what was tried, is on record; the dashboard's own questions for figures are not.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs/recurring/trigger") { Content = new FormUrlEncodedContent([new("jobs[]", "verify-audit"), new("jobs[]", "purge-\nalerts")]) };
        request.Headers.Add(CsrfHeader().Match(run).Groups["value"].Value, CsrfToken().Match(run).Groups["value"].Value);
        using var triggered = await admin.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(triggered.IsSuccessStatusCode, $"{triggered.StatusCode}");
        Assert.Equal("done", await app.ReadAsync<string>("select outcome from audit_log where actor = 'Vina Panduwinata' and action = 'hangfire:trigger' and (data ->> 'count')::int = 2 and data ->> 'jobs' = 'verify-audit, purge-alerts' and target is null"));
        Assert.Equal("refused", await app.ReadAsync<string>("select outcome from audit_log where actor = 'Umar Bakri' and action = 'hangfire:trigger' and target = 'job:verify-audit'"));
        Assert.Equal(3L, await app.ReadAsync<long>("select count(*) from audit_log where action like 'hangfire:%'"));
    }

    [Fact]
    public async Task HealthAndMetrics_ForStaff_TellTheDetails()
    {
        using var browser = await app.SignInAsync(Roles.Viewer, "Wulan Guritno");

        var health = JsonNode.Parse(await browser.PageAsync("/health"))!;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "X-Forwarded-For", "203.0.113.7" } } };
        using var metrics = await browser.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.NotNull(health["services"]);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        Assert.Null(JsonNode.Parse(await app.Anonymous.PageAsync("/health"))!["services"]);
    }

    [Fact]
    public async Task OpsApi_WithASession_StillWantsAKey()
    {
        using var browser = await app.SignInAsync(Roles.Admin, "Yanti Rahayu");

        Assert.Equal(HttpStatusCode.Unauthorized, await browser.StatusAsync("/api/ops/v1/status"));
    }

    [Fact]
    public async Task OwnAccount_ListsWhatOneMay()
    {
        using var browser = await app.SignInAsync(Roles.Operator, "Zaenal Abidin");

        var html = await browser.PageAsync("/account");

        Assert.Contains("data-permission=\"breakers:override\" data-may=\"yes\"", html, StringComparison.Ordinal);
        Assert.Contains("data-permission=\"users:manage\" data-may=\"no\"", html, StringComparison.Ordinal);
    }

    [GeneratedRegex("name=\"csrf-header\" content=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex CsrfHeader();

    [GeneratedRegex("name=\"csrf-token\" content=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex CsrfToken();
}
