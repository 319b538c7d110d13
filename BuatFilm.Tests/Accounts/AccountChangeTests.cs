using System.Net;
using System.Security.Claims;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BuatFilm.Tests.Accounts;

/// <summary>What Admins do to accounts.</summary>
public sealed class AccountChangeTests(AppHost app) : IClassFixture<AppHost>
{
    private static readonly ClaimsPrincipal Admin = People.With("Admin Utama", Roles.Admin);

    private ChangeRole Change => app.Services.GetRequiredService<ChangeRole>();

    private LockAccount Lock => app.Services.GetRequiredService<LockAccount>();

    [Fact]
    public async Task Role_Changed_EndsTheSessionAndIsAudited()
    {
        await app.AddPersonAsync(Roles.Admin, "Admin Tetap Satu");
        using var browser = await app.SignInAsync(Roles.Viewer, "Maya Sari");
        var id = await app.ReadAsync<Guid>("select id from users where name = 'Maya Sari'");

        Assert.Equal(AccountChangeOutcome.Done, await Change.ExecuteAsync(Admin, id, Roles.Operator, TestContext.Current.CancellationToken));

        Assert.Equal(AccountChangeOutcome.NothingToDo, await Change.ExecuteAsync(Admin, id, Roles.Operator, TestContext.Current.CancellationToken));
        Assert.Equal("Viewer>Operator", await app.ReadAsync<string>("select data ->> 'before' || '>' || (data ->> 'after') from audit_log where target = 'user:' || $1::text and action = 'users:manage' and actor = 'Admin Utama'", id));
        await AppHost.EventuallyAsync(async () => await browser.StatusAsync("/account") == HttpStatusCode.Redirect, "the session ends", seconds: 60);
    }

    [Fact]
    public async Task Lock_KeepsSomebodyOutUntilTheyAreUnlocked()
    {
        await app.AddPersonAsync(Roles.Admin, "Admin Tetap Dua");
        using var session = await app.SignInAsync(Roles.Viewer, "Nanda Putra");
        using var browser = app.Browser();
        var id = await app.ReadAsync<Guid>("select id from users where name = 'Nanda Putra'");

        Assert.Equal(AccountChangeOutcome.Done, await Lock.ExecuteAsync(Admin, id, TestContext.Current.CancellationToken));

        using (var refused = await browser.SignInAsync("nanda.putra@contoh.id"))
        {
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        }

        await AppHost.EventuallyAsync(async () => await session.StatusAsync("/account") == HttpStatusCode.Redirect, "the session ends", seconds: 60);
        Assert.Equal(AccountChangeOutcome.Done, await app.Services.GetRequiredService<UnlockAccount>().ExecuteAsync(Admin, id, TestContext.Current.CancellationToken));
        using var answer = await browser.SignInAsync("nanda.putra@contoh.id");
        Assert.Equal("/", answer.LeadsTo());
        Assert.Equal(2, await app.ReadAsync<long>("select count(*) from audit_log where target = 'user:' || $1::text and action = 'users:manage'", id));
    }

    [Fact]
    public async Task EndSessions_SignsOutEverywhere()
    {
        using var session = await app.SignInAsync(Roles.Viewer, "Oka Mahendra");
        var id = await app.ReadAsync<Guid>("select id from users where name = 'Oka Mahendra'");

        Assert.Equal(AccountChangeOutcome.Done, await app.Services.GetRequiredService<EndSessions>().ExecuteAsync(Admin, id, TestContext.Current.CancellationToken));

        await AppHost.EventuallyAsync(async () => await session.StatusAsync("/account") == HttpStatusCode.Redirect, "the session ends", seconds: 60);
    }

    [Fact]
    public async Task Changes_WithoutTheRight_AreRefusedAndWrittenDown()
    {
        var id = await app.AddPersonAsync(Roles.Viewer, "Prita Dewi");
        var meddler = People.With("Finance Usil", Roles.Finance);

        Assert.Equal(AccountChangeOutcome.Forbidden, await Change.ExecuteAsync(meddler, id, Roles.Admin, TestContext.Current.CancellationToken));
        Assert.Equal(AccountChangeOutcome.Forbidden, await Lock.ExecuteAsync(meddler, id, TestContext.Current.CancellationToken));
        Assert.Equal(AccountChangeOutcome.Forbidden, await app.Services.GetRequiredService<EndSessions>().ExecuteAsync(meddler, id, TestContext.Current.CancellationToken));

        Assert.Equal("Viewer", await app.ReadAsync<string>("select role from users where id = $1", id));
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select coalesce(sum((data ->> 'times')::int), 0) from audit_log where actor = 'Finance Usil' and outcome = 'refused'") == 3, "the refusals are written down");
    }

    [Fact]
    public async Task LastAdmin_CannotGo_HoweverTwoRaceToTakeEachOther()
    {
        await using var alone = await AppHost.StartAsync();
        var change = alone.Services.GetRequiredService<ChangeRole>();
        var lockOut = alone.Services.GetRequiredService<LockAccount>();
        var first = await alone.AddPersonAsync(Roles.Admin, "Admin Satu");
        await alone.AddPersonAsync(Roles.Admin, "Admin Diundang", password: null); // Cannot sign in yet, so does not count.
        Assert.Equal(AccountChangeOutcome.LastAdmin, await change.ExecuteAsync(Admin, first, Roles.Viewer, TestContext.Current.CancellationToken));
        Assert.Equal(AccountChangeOutcome.LastAdmin, await lockOut.ExecuteAsync(Admin, first, TestContext.Current.CancellationToken));
        var second = await alone.AddPersonAsync(Roles.Admin, "Admin Dua");

        for (var round = 0; round < 15; round++)
        {
            var outcomes = await Task.WhenAll(
                change.ExecuteAsync(Admin, first, Roles.Viewer, TestContext.Current.CancellationToken),
                lockOut.ExecuteAsync(Admin, second, TestContext.Current.CancellationToken));

            Assert.Single(outcomes, AccountChangeOutcome.Done);
            Assert.Single(outcomes, AccountChangeOutcome.LastAdmin);
            Assert.Equal(1, await alone.ReadAsync<long>("select count(*) from users where role = 'Admin' and locked_at is null and password_hash is not null"));
            await alone.ReadAsync<long>("with back as (update users set role = 'Admin', locked_at = null where password_hash is not null returning 1) select count(*) from back");
        }

        // Nor by a statement of somebody's own.
        await Assert.ThrowsAsync<PostgresException>(() => alone.ReadAsync<long>("with gone as (delete from users where id in ($1, $2) returning 1) select count(*) from gone", first, second));
    }
}
