using System.Net;
using System.Net.Http.Json;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Production;

/// <summary><c>deploy/roles.sql</c> and the program together: one role owns the schema, the other does the work with the least rights.</summary>
[Collection(LongProcessTests.Name)]
public sealed class RolesTests
{
    private const string OpsKey = "sandbox-operations-key-0001"; // From appsettings.Development.json.

    [Fact]
    public async Task Program_WithTheTwoRoles_DoesItsWorkAndHasNoMoreRightsThanThat()
    {
        await using var server = await RolesServer.StartAsync();
        await using var app = new AppProcess(cluster: null, ("ConnectionStrings:BuatFilm", server.App), ("ConnectionStrings:Migrations", server.Owner), ("Orders:RetryAfter", "00:00:01"));
        await app.StartAsync();

        Assert.Equal(HttpStatusCode.Created, (await app.PlaceAsync("ROLE-1")).Status);
        Assert.Equal(HttpStatusCode.Accepted, await app.PayAsync("ROLE-1"));
        await app.PaidAndToldAsync("ROLE-1");
        await AuditSomethingAsync(app);

        // Jobs run as Hangfire's rows say, among them those that clean up.
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from hangfire.job where statename = 'Succeeded'") > 2, "jobs run", 60);
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from hangfire.job where statename = 'Failed'"));
        Assert.True(await app.ReadAsync<long>("select count(*) from audit_log where action = 'breakers:override'") > 0);
        Assert.DoesNotContain("permission denied", app.Output, StringComparison.OrdinalIgnoreCase);

        foreach (var forbidden in new[]
        {
            "create table public.mine (id int)",
            "create table hangfire.mine (id int)",
            "create schema mine",
            "create temporary table mine (id int)",
            "drop table orders",
            "alter table orders add column mine int",
            "truncate notification_outbox",
            "update audit_log set reason = 'nothing happened'",
            "delete from audit_log",
            "truncate audit_log",
            "alter table audit_log disable trigger all",
            "delete from \"__EFMigrationsHistory\"",
            "create or replace function app_now() returns timestamptz language sql as $$ select now() $$",
            "set role buatfilm_owner",
        })
        {
            var refused = await Record.ExceptionAsync(() => TestPostgres.ExecuteAsync(server.App, forbidden));
            Assert.True(refused is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege }, $"{forbidden}: {refused?.Message ?? "is allowed"}");
        }

        // The second start finds the rights as they should be, and mends one that is lost or too much.
        app.Terminate();
        Assert.Equal(0, await app.EndAsync());
        Assert.Equal(1, Occurrences(app.Output, "Gave the role buatfilm_app"));
        await app.StartAsync();
        Assert.Equal(1, Occurrences(app.Output, "Gave the role buatfilm_app"));
        app.Terminate();
        await app.EndAsync();
        await TestPostgres.ExecuteAsync(server.Owner, "grant update on audit_log to buatfilm_app");
        await TestPostgres.ExecuteAsync(server.Owner, "revoke insert on orders from buatfilm_app");
        await app.StartAsync();
        Assert.Equal(2, Occurrences(app.Output, "Gave the role buatfilm_app"));
        Assert.False(await app.ReadAsync<bool>("select has_table_privilege('audit_log', 'update')"));
        Assert.Equal(HttpStatusCode.Created, (await app.PlaceAsync("ROLE-2")).Status);
    }

    [Fact]
    public async Task Program_WithTheAppsRoleAloneOnANewDatabase_SaysWhichSettingIsMissing()
    {
        await using var server = await RolesServer.StartAsync();
        await using var app = new AppProcess(cluster: null, ("ConnectionStrings:BuatFilm", server.App));

        app.Launch();

        Assert.Equal(1, await app.EndAsync(60));
        Assert.Contains("ConnectionStrings:Migrations; deploy/roles.sql makes both roles", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_WithTheOwnerAlone_Works()
    {
        await using var server = await RolesServer.StartAsync();
        await using var app = new AppProcess(cluster: null, ("ConnectionStrings:BuatFilm", server.Owner));

        await app.StartAsync();

        Assert.Equal(HttpStatusCode.Created, (await app.PlaceAsync("OWNER-1")).Status);
        await AuditSomethingAsync(app);
    }

    private static async Task AuditSomethingAsync(AppProcess app)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/ops/v1/breakers/whatsapp/override") { Content = JsonContent.Create(new { mode = "isolated", reason = "Trying the roles", duration = "00:05:00" }) };
        request.Headers.Authorization = new("Bearer", OpsKey);
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;
}
