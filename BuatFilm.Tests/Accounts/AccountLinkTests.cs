using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Accounts;

/// <summary>Invitations and forgotten passwords, through the real outbox to the sandbox's mail server.</summary>
public sealed partial class AccountLinkTests(AppHost app) : IClassFixture<AppHost>
{
    private static readonly ClaimsPrincipal Admin = People.With("Admin Utama", Roles.Admin);

    [Fact]
    public async Task Invitation_ArrivesAndWorksOnce()
    {
        var invite = app.Services.GetRequiredService<InviteAccount>();
        Assert.Equal(InvitationOutcome.Sent, await invite.ExecuteAsync(Admin, "Putri Ayu", "putri@contoh.id", Roles.Finance, "id", TestContext.Current.CancellationToken));
        var mail = await MailToAsync("putri@contoh.id");
        Assert.Contains("Admin Utama", (string)mail["body"]!, StringComparison.Ordinal);
        Assert.Contains("Keuangan", (string)mail["body"]!, StringComparison.Ordinal);
        var link = LinkIn(mail, "/account/invitation");
        using var browser = app.Browser();
        Assert.Contains("putri@contoh.id", await browser.PageAsync(link), StringComparison.Ordinal);

        var token = SignedIn.TokenIn(await browser.PageAsync(link));
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            using var answer = await browser.PostAsync(link, "link", token, ("Form.Password", SignedIn.Password));
            return answer.StatusCode;
        }));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Redirect], answers.Order());
        Assert.Contains("tidak berlaku lagi", await browser.PageAsync(link), StringComparison.Ordinal);
        using var signedIn = await browser.SignInAsync("putri@contoh.id");
        Assert.Equal("/", signedIn.LeadsTo());
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from audit_log where action = 'account:accept-invitation' and actor = 'Putri Ayu'"));
    }

    [Fact]
    public async Task Invitation_SentAgain_EndsTheOneOfBefore()
    {
        var invite = app.Services.GetRequiredService<InviteAccount>();
        await invite.ExecuteAsync(Admin, "Gilang Ramadhan", "gilang@contoh.id", Roles.Viewer, "en", TestContext.Current.CancellationToken);
        var first = LinkIn(await MailToAsync("gilang@contoh.id"), "/account/invitation");
        var id = await app.ReadAsync<Guid>("select id from users where email = 'gilang@contoh.id'");

        Assert.Equal(InvitationOutcome.Sent, await invite.AgainAsync(Admin, id, TestContext.Current.CancellationToken));

        var second = LinkIn(await MailToAsync("gilang@contoh.id", count: 2), "/account/invitation");
        Assert.NotEqual(first, second);
        using var browser = app.Browser();
        Assert.Contains("tidak berlaku lagi", await browser.PageAsync(first), StringComparison.Ordinal);
        using var answer = await browser.PostFormAsync(second, "link", ("Form.Password", SignedIn.Password));
        Assert.Equal("/account/sign-in?done=password", answer.LeadsTo());
        Assert.Equal(InvitationOutcome.NotInvited, await invite.AgainAsync(Admin, id, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Invitation_ForANameOrAnAddressThatIsTaken_IsRefused()
    {
        var invite = app.Services.GetRequiredService<InviteAccount>();
        await app.AddPersonAsync(Roles.Viewer, "Hasan Basri");

        Assert.Equal(InvitationOutcome.NameTaken, await invite.ExecuteAsync(Admin, "HASAN basri", "lain@contoh.id", Roles.Viewer, "id", TestContext.Current.CancellationToken));
        Assert.Equal(InvitationOutcome.EmailTaken, await invite.ExecuteAsync(Admin, "Hasan Lain", "Hasan.Basri@contoh.id", Roles.Viewer, "id", TestContext.Current.CancellationToken));
        Assert.Equal(InvitationOutcome.Forbidden, await invite.ExecuteAsync(People.With("Operator Usil", Roles.Operator), "Hasan Lain", "lain@contoh.id", Roles.Viewer, "id", TestContext.Current.CancellationToken));
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from audit_log where actor = 'Operator Usil' and action = 'users:manage' and outcome = 'refused'") == 1, "the refusal is written down");
    }

    [Fact]
    public async Task Reset_ArrivesWorksOnceAndEndsSessions()
    {
        using var session = await app.SignInAsync(Roles.Operator, "Intan Permata");
        using var browser = app.Browser();
        using var asked = await browser.PostFormAsync("/account/forgot-password", "forgot", ("Form.Email", "intan.permata@contoh.id"));
        var mail = await MailToAsync("intan.permata@contoh.id");
        var link = LinkIn(mail, "/account/reset-password");

        using var weak = await browser.PostFormAsync(link, "link", ("Form.Password", "intan.permata123"));
        Assert.Contains("Jangan memakai alamat email", await weak.TextAsync(), StringComparison.Ordinal);
        using var saved = await browser.PostFormAsync(link, "link", ("Form.Password", "hujan turun di bulan juni"));

        Assert.Equal("/account/sign-in?done=password", saved.LeadsTo());
        Assert.Contains("tidak berlaku lagi", await browser.PageAsync(link), StringComparison.Ordinal);
        using var old = await browser.SignInAsync("intan.permata@contoh.id");
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
        using var fresh = await browser.SignInAsync("intan.permata@contoh.id", "hujan turun di bulan juni");
        Assert.Equal("/", fresh.LeadsTo());
        await AppHost.EventuallyAsync(async () => await session.StatusAsync("/account") == HttpStatusCode.Redirect, "the session of before ends", seconds: 60);
    }

    [Fact]
    public async Task Reset_ForAnUnknownAddress_AnswersTheSameAndSendsNothing()
    {
        await app.AddPersonAsync(Roles.Viewer, "Joko Widodo");
        var before = await app.ReadAsync<long>("select count(*) from notification_outbox where kind = 'account_reset'");

        var answers = new List<string>();
        foreach (var email in new[] { "joko.widodo@contoh.id", "tiada@contoh.id", "joko.widodo@contoh.id", "bukan alamat" })
        {
            using var browser = app.Browser();
            using var answer = await browser.PostFormAsync("/account/forgot-password", "forgot", ("Form.Email", email));
            answers.Add($"{answer.StatusCode} {MainElement().Match(await answer.TextAsync()).Value}");
        }

        Assert.Contains("data-sent", answers[0], StringComparison.Ordinal);
        Assert.Single(answers.Distinct(StringComparer.Ordinal));

        // One, however often it is asked for within a minute.
        Assert.Equal(before + 1, await app.ReadAsync<long>("select count(*) from notification_outbox where kind = 'account_reset'"));
    }

    [Fact]
    public async Task Reset_AfterAnHour_IsOver()
    {
        await app.AddPersonAsync(Roles.Viewer, "Ketut Alit");
        using var browser = app.Browser();
        using var asked = await browser.PostFormAsync("/account/forgot-password", "forgot", ("Form.Email", "ketut.alit@contoh.id"));
        var link = LinkIn(await MailToAsync("ketut.alit@contoh.id"), "/account/reset-password");
        await app.ReadAsync<int>("update account_links l set expires_at = expires_at - interval '61 minutes' from users u where u.id = l.user_id and u.email = 'ketut.alit@contoh.id' returning 1");

        Assert.Contains("tidak berlaku lagi", await browser.PageAsync(link), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_OfALink_IsNowhereInTheDatabase()
    {
        await app.AddPersonAsync(Roles.Viewer, "Lestari Indah");
        using var browser = app.Browser();
        using var asked = await browser.PostFormAsync("/account/forgot-password", "forgot", ("Form.Email", "lestari.indah@contoh.id"));
        var token = SignedIn.Query(LinkIn(await MailToAsync("lestari.indah@contoh.id"), "/account/reset-password"), "token")!;
        Assert.True(token.Length >= 43);

        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from notification_outbox where strpos(data::text, $1) > 0", token));
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from audit_log where strpos(data::text || coalesce(target, '') || coalesce(reason, ''), $1) > 0", token));
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from account_links where strpos(encode(digest, 'escape'), $1) > 0", token));
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from notification_outbox where recipient = 'lestari.indah@contoh.id' and data ? 'linkSealed' and not data ? 'link'"));
    }

    private async Task<JsonNode> MailToAsync(string recipient, int count = 1)
    {
        List<JsonNode> mails = [];
        await AppHost.EventuallyAsync(
            async () =>
            {
                var messages = await app.Anonymous.GetFromJsonAsync<JsonArray>("/sandbox/api/messages?channel=email", TestContext.Current.CancellationToken);
                mails = [.. messages!.Where(message => (string?)message!["recipient"] == recipient).Select(message => message!)];
                return mails.Count >= count;
            },
            $"a mail to {recipient}",
            seconds: 30);
        return mails[^1];
    }

    private static string LinkIn(JsonNode mail, string path)
    {
        var match = Regex.Match((string)mail["body"]!, $@"https?://[^\s""<]+{Regex.Escape(path)}\?token=[\w-]+", RegexOptions.None, TimeSpan.FromSeconds(5));
        Assert.True(match.Success, (string)mail["body"]!);
        return new Uri(match.Value).PathAndQuery;
    }

    [GeneratedRegex("<main.*?</main>", RegexOptions.Singleline, 5_000)]
    private static partial Regex MainElement();
}
