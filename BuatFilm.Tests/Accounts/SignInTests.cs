using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Accounts;

/// <summary>The way in, by the real forms.</summary>
public sealed class SignInTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task SignIn_WithTheRightPassword_LeadsOnAndIsOnRecord()
    {
        await StaffClient.AddAccountAsync(app, "benar@buatfilm.test", Roles.Operator);
        using var client = new StaffClient(app);

        Assert.StartsWith("/account/sign-in?returnUrl=%2Fglossary", (await client.GetAsync("/glossary")).Location, StringComparison.OrdinalIgnoreCase);
        var answer = await client.SignInAsync(" Benar@BuatFilm.test ", query: "?returnUrl=%2Fglossary");

        Assert.Equal((302, "/glossary"), (answer.Status, answer.Location));
        Assert.Equal(200, (await client.GetAsync("/glossary")).Status);
        Assert.Contains("Rina Wulandari", (await client.GetAsync("/account")).Body, StringComparison.Ordinal);
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from audit_log where actor = 'benar@buatfilm.test' and action = 'account:sign-in' and outcome = 'done'"));
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task SignIn_WithAnAddressOfAnotherSite_StaysHere(string returnUrl)
    {
        var email = $"{Guid.NewGuid():N}@buatfilm.test";
        await StaffClient.AddAccountAsync(app, email);
        using var client = new StaffClient(app);

        var answer = await client.SignInAsync(email, query: "?returnUrl=" + Uri.EscapeDataString(returnUrl));

        Assert.Equal("/", answer.Location);
    }

    [Fact]
    public async Task SignIn_AfterFiveFailures_IsLockedEvenForTheRightPassword_AndSaysNoMoreThanToAStranger()
    {
        await StaffClient.AddAccountAsync(app, "kunci@buatfilm.test");
        using var client = new StaffClient(app);

        for (var i = 0; i < SignInByPassword.MaxFailures; i++)
        {
            Assert.Equal(200, (await client.SignInAsync("kunci@buatfilm.test", "salah semua ini 99")).Status);
        }

        var locked = await client.SignInAsync("kunci@buatfilm.test");
        var unknown = await client.SignInAsync("tidak-ada@buatfilm.test");
        Assert.Equal((200, null), (locked.Status, locked.Location));
        Assert.Contains("Email atau kata sandi salah", locked.Body, StringComparison.Ordinal);
        Assert.Equal(FaultOf(unknown.Body), FaultOf(locked.Body));
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from audit_log where actor = 'kunci@buatfilm.test' and outcome = 'refused' and reason = 'locked'"));

        await app.ReadAsync<long>("with w as (update accounts set lockout_end = app_now() where email = 'kunci@buatfilm.test' returning 1) select count(*) from w");
        Assert.Equal("/", (await client.SignInAsync("kunci@buatfilm.test")).Location);
    }

    [Fact]
    public async Task Guesses_AtTheSameMoment_AllCount()
    {
        var id = await StaffClient.AddAccountAsync(app, "tebak@buatfilm.test");
        await using var scopes = app.Services.CreateAsyncScope();

        await Task.WhenAll(Enumerable.Range(0, SignInByPassword.MaxFailures).Select(async i =>
        {
            await using var scope = app.Services.CreateAsyncScope();
            Assert.Null(await scope.ServiceProvider.GetRequiredService<SignInByPassword>().ExecuteAsync("tebak@buatfilm.test", $"tebakan nomor {i}", TestContext.Current.CancellationToken));
        }));

        Assert.True(await app.ReadAsync<bool>("select lockout_end > app_now() from accounts where id = $1", id));
    }

    [Fact]
    public async Task Forms_WithoutTheirToken_AreRefused()
    {
        using var client = new StaffClient(app);

        Assert.Equal(400, (await client.PostAsync("/account/sign-in", ("_handler", "sign-in"), ("Form.Email", "a@b.test"), ("Form.Password", "x"))).Status);
        Assert.Equal(400, (await client.PostAsync("/account/sign-out")).Status);
    }

    [Fact]
    public async Task SignOut_WithItsToken_EndsTheSession()
    {
        using var client = await StaffClient.SignedInAsync(app, Roles.Viewer);
        Assert.Equal(200, (await client.GetAsync("/")).Status);
        var token = System.Text.RegularExpressions.Regex.Match((await client.GetAsync("/account")).Body, "name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Groups["token"].Value;

        var answer = await client.PostAsync("/account/sign-out", ("__RequestVerificationToken", token));

        Assert.Equal("/account/sign-in", answer.Location);
        Assert.StartsWith("/account/sign-in", (await client.GetAsync("/")).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_AreSeenByAViewer_AndChangedByAnAdminAlone()
    {
        using var anonymous = new StaffClient(app);
        using var viewer = await StaffClient.SignedInAsync(app, Roles.Viewer);
        using var admin = await StaffClient.SignedInAsync(app, Roles.Admin);

        Assert.StartsWith("/account/sign-in", (await anonymous.GetAsync("/jobs")).Location, StringComparison.Ordinal);
        var seen = await viewer.GetAsync("/jobs/recurring");
        Assert.Equal(200, seen.Status);
        Assert.DoesNotContain("recurring/trigger", seen.Body, StringComparison.Ordinal);
        Assert.Contains("recurring/trigger", (await admin.GetAsync("/jobs/recurring")).Body, StringComparison.Ordinal);
        Assert.Contains((await viewer.PostAsync("/jobs/recurring/trigger", ("jobs[]", "deliver-outbox"))).Status, (int[])[400, 401, 403]);
    }

    [Fact]
    public async Task Blazor_WithoutASession_IsClosed()
    {
        using var anonymous = new StaffClient(app);

        Assert.NotEqual(200, (await anonymous.PostAsync("/_blazor/negotiate?negotiateVersion=1")).Status);
    }

    private static string FaultOf(string html) => System.Text.RegularExpressions.Regex.Match(html, "<p class=\"account-fault\"[^>]*>(?<text>[^<]*)<", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Groups["text"].Value;
}
