using System.Security.Claims;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Accounts;

/// <summary>Links in mails, through the real outbox and a mail server.</summary>
public sealed partial class PasswordLinkTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task Forgotten_SendsALinkThatWorksOnce_AndLiesSealedInTheOutbox()
    {
        const string Email = "lupa@buatfilm.test";
        await StaffClient.AddAccountAsync(app, Email);
        using var client = new StaffClient(app);

        var asked = await client.FillAsync("/account/forgot", ("Form.Email", Email));
        var link = await LinkOfAsync(Email);
        Assert.Contains("Kalau ada akun dengan alamat itu", asked.Body, StringComparison.Ordinal);
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from notification_outbox where recipient = $1 and data::text like '%token%'", Email));

        Assert.Contains("terlalu pendek", (await client.FillAsync(link, ("Form.Password", "pendek"))).Body, StringComparison.Ordinal);
        Assert.Equal("/account/sign-in?done=password", (await client.FillAsync(link, ("Form.Password", "jendela hijau di lantai dua"))).Location);
        Assert.Contains("tidak berlaku lagi", (await client.GetAsync(link)).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await client.SignInAsync(Email)).Status); // The old one is gone.
        Assert.Equal("/", (await client.SignInAsync(Email, "jendela hijau di lantai dua")).Location);
    }

    [Fact]
    public async Task Forgotten_ByAStranger_SaysTheSameAndSendsNothing()
    {
        using var client = new StaffClient(app);

        var asked = await client.FillAsync("/account/forgot", ("Form.Email", "asing@buatfilm.test"));

        Assert.Contains("Kalau ada akun dengan alamat itu", asked.Body, StringComparison.Ordinal);
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from notification_outbox where recipient = 'asing@buatfilm.test'"));
    }

    [Fact]
    public async Task Forgotten_AgainAndAgain_FillsNobodysMailbox()
    {
        await StaffClient.AddAccountAsync(app, "banjir@buatfilm.test");
        using var client = new StaffClient(app);

        for (var i = 0; i < 6; i++)
        {
            await client.FillAsync("/account/forgot", ("Form.Email", "banjir@buatfilm.test"));
        }

        Assert.Equal(3, await app.ReadAsync<long>("select count(*) from notification_outbox where recipient = 'banjir@buatfilm.test'"));
    }

    [Fact]
    public async Task Password_Changed_KeepsThisSessionAndEndsTheOthers()
    {
        const string Email = "ganti@buatfilm.test";
        var id = await StaffClient.AddAccountAsync(app, Email);
        var before = await PrincipalAsync(id);
        using var client = new StaffClient(app);
        await client.SignInAsync(Email);

        Assert.Contains("Kata sandi sekarang salah", (await client.FillAsync("/account", ("Form.Current", "bukan ini"), ("Form.Password", "payung kuning di halte"))).Body, StringComparison.Ordinal);
        Assert.True(await IsGoodAsync(before));
        Assert.Contains("sudah diganti", (await client.FillAsync("/account", ("Form.Current", StaffClient.Password), ("Form.Password", "payung kuning di halte"))).Body, StringComparison.Ordinal);

        Assert.False(await IsGoodAsync(before));
        Assert.True(await IsGoodAsync(await PrincipalAsync(id)));
        Assert.Equal(200, (await client.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Session_OfAnAccountThatWasShutOutOrHasAnotherRole_IsNotGood()
    {
        var id = await StaffClient.AddAccountAsync(app, "sesi@buatfilm.test", Roles.Operator);
        var session = await PrincipalAsync(id);
        Assert.True(await IsGoodAsync(session));

        await app.ReadAsync<long>("with w as (update accounts set role = 'Viewer' where id = $1 returning 1) select count(*) from w", id);
        Assert.False(await IsGoodAsync(session));
        await app.ReadAsync<long>("with w as (update accounts set role = 'Operator', disabled_at = app_now() where id = $1 returning 1) select count(*) from w", id);
        Assert.False(await IsGoodAsync(session));
    }

    private async Task<ClaimsPrincipal> PrincipalAsync(Guid id)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var account = await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().FindByIdAsync(id.ToString());
        return await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<Account>>().CreateAsync(account!);
    }

    private Task<bool> IsGoodAsync(ClaimsPrincipal session) => app.Services.GetRequiredService<SessionValidation>().IsGoodAsync(session, TestContext.Current.CancellationToken);

    private async Task<string> LinkOfAsync(string email)
    {
        string? link = null;
        await AppHost.EventuallyAsync(
            async () =>
            {
                var messages = JsonNode.Parse(await app.Anonymous.GetStringAsync("/sandbox/api/messages", TestContext.Current.CancellationToken))!.AsArray();
                var body = messages.LastOrDefault(message => (string?)message!["recipient"] == email)?["body"]?.GetValue<string>();
                link = body is null ? null : Link().Match(body) is { Success: true } match ? new Uri(match.Value).PathAndQuery : null;
                return link is not null;
            },
            "the mail arrives",
            30);
        return link!;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/account/password\?\S+", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Link();
}
