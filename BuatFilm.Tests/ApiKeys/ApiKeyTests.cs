using System.Net;
using System.Security.Claims;
using BuatFilm.Admin.Features.ApiKeys;
using BuatFilm.Admin.Security;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.ApiKeys;

/// <summary>Keys that are made on the page: they open the API, and stop opening it, on every node.</summary>
public sealed class ApiKeyTests(AppHost app) : IClassFixture<AppHost>
{
    private static readonly ClaimsPrincipal Admin = People.With("Admin Utama", Roles.Admin);

    private CreateApiKey Create => app.Services.GetRequiredService<CreateApiKey>();

    private RevokeApiKey Revoke => app.Services.GetRequiredService<RevokeApiKey>();

    [Fact]
    public async Task Key_OpensTheApiOnEveryNodeUntilItIsRevoked()
    {
        await using var sibling = await app.StartSiblingAsync();
        var made = await Create.ExecuteAsync(Admin, "robot", ApiKeyKind.Ops, Roles.Viewer, TestContext.Current.CancellationToken);
        var id = await app.ReadAsync<Guid>("select id from api_keys where name = 'robot'");
        using var here = app.Client(made.Key);
        using var there = sibling.Client(made.Key);

        Assert.Equal(HttpStatusCode.OK, await here.StatusAsync("/api/ops/v1/status"));
        await AppHost.EventuallyAsync(async () => await there.StatusAsync("/api/ops/v1/status") == HttpStatusCode.OK, "the other node knows the key");
        Assert.Equal(HttpStatusCode.Forbidden, await here.StatusAsync("/api/ops/v1/audit")); // A Viewer's key.
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from api_keys where strpos(hint || name || encode(digest, 'hex'), $1) > 0", made.Key!));
        Assert.StartsWith(await app.ReadAsync<string>("select hint from api_keys where id = $1", id), made.Key, StringComparison.Ordinal);

        Assert.Equal(ApiKeyOutcome.Done, await Revoke.ExecuteAsync(Admin, id, "Tidak dipakai lagi", TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.Unauthorized, await here.StatusAsync("/api/ops/v1/status"));
        await AppHost.EventuallyAsync(async () => await there.StatusAsync("/api/ops/v1/status") == HttpStatusCode.Unauthorized, "the other node refuses the key");
        Assert.Equal(ApiKeyOutcome.NothingToDo, await Revoke.ExecuteAsync(Admin, id, null, TestContext.Current.CancellationToken));
        Assert.Equal(2, await app.ReadAsync<long>("select count(*) from audit_log where action = 'api-keys:manage' and target = 'api-key:' || $1::text and outcome = 'done'", id));
    }

    [Fact]
    public async Task Key_OfAStorefront_SeesItsOwnOrders()
    {
        var made = await Create.ExecuteAsync(Admin, "toko-baru", ApiKeyKind.Storefront, Roles.Admin, TestContext.Current.CancellationToken);
        using var client = app.Client(made.Key);

        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync("/api/v1/orders/NOT-THERE"));
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync("/api/ops/v1/status"));
        Assert.Equal(Roles.Storefront, await app.ReadAsync<string>("select role from api_keys where name = 'toko-baru'"));
    }

    [Fact]
    public async Task Use_IsWrittenDown()
    {
        var made = await Create.ExecuteAsync(Admin, "dipakai", ApiKeyKind.Ops, Roles.Viewer, TestContext.Current.CancellationToken);
        using var client = app.Client(made.Key);
        await client.StatusAsync("/api/ops/v1/status");

        await AppHost.EventuallyAsync(
            async () =>
            {
                await client.StatusAsync("/api/ops/v1/status");
                return await app.ReadAsync<bool>("select coalesce(last_used_at > now() - interval '2 minutes', false) from api_keys where name = 'dipakai'");
            },
            "the use is seen",
            seconds: 90);
    }

    [Fact]
    public async Task Name_MayBeTwiceForAChangeOfKeys_AndNoMore()
    {
        for (var count = 0; count < 2; count++)
        {
            Assert.Equal(ApiKeyOutcome.Done, (await Create.ExecuteAsync(Admin, "ganti-kunci", ApiKeyKind.Storefront, "", TestContext.Current.CancellationToken)).Outcome);
        }

        var third = await Create.ExecuteAsync(Admin, "Ganti-Kunci", ApiKeyKind.Storefront, "", TestContext.Current.CancellationToken);

        Assert.Equal((ApiKeyOutcome.NameTaken, null), (third.Outcome, third.Key));
    }

    [Fact]
    public async Task Keys_WithoutTheRight_AreRefusedAndWrittenDown()
    {
        var meddler = People.With("Operator Usil", Roles.Operator);

        Assert.Equal(ApiKeyOutcome.Forbidden, (await Create.ExecuteAsync(meddler, "curang", ApiKeyKind.Ops, Roles.Admin, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(ApiKeyOutcome.Forbidden, await Revoke.ExecuteAsync(meddler, Guid.NewGuid(), null, TestContext.Current.CancellationToken));

        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from api_keys where name = 'curang'"));
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from audit_log where actor = 'Operator Usil' and action = 'api-keys:manage' and outcome = 'refused'") == 2, "the refusals are written down");
    }
}
