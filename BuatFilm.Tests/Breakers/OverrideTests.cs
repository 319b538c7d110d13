using System.Text;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Breakers;

/// <summary>Operators' wishes through the ops API, on one node and on two.</summary>
public sealed class OverrideTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task Override_HoldsTheBreakerOnEveryNode_AlsoOneThatStartsLater_UntilItIsTakenBack()
    {
        var answer = await OverrideAsync(app, "midtrans", """{"mode":"isolated","reason":"Midtrans maintenance","duration":"00:10:00"}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal(("midtrans", "isolated", "Midtrans maintenance", "api:test"), ((string?)answer.Json["service"], (string?)answer.Json["mode"], (string?)answer.Json["reason"], (string?)answer.Json["actor"]));
        Assert.Equal(TimeSpan.FromMinutes(10), (DateTimeOffset)answer.Json["expiresAt"]! - (DateTimeOffset)answer.Json["createdAt"]!);
        Assert.Single(answer.Json["appliedBy"]!.AsArray());
        Assert.Equal(BreakerState.Isolated, StateOf(app, ExternalService.Midtrans));
        Assert.Equal(202, (await app.OrderAsync(Requests.Full())).Status);

        await using var later = await app.StartSiblingAsync();
        Assert.Equal(BreakerState.Isolated, StateOf(later, ExternalService.Midtrans));
        Assert.Equal(202, (await later.OrderAsync(Requests.Full())).Status);
        await AppHost.EventuallyAsync(async () => (await BreakerAsync(app, "midtrans"))["override"]?["appliedBy"]?.AsArray().Count == 2, "both say that they have applied it");
        var seen = await BreakerAsync(app, "midtrans");
        Assert.Equal(("isolated", 2, 2), ((string?)seen["state"], (int)seen["openNodes"]!, seen["nodes"]!.AsArray().Count));

        // Taken back on the other node.
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(204, (await SendAsync(later, HttpMethod.Delete, "midtrans", null)).Status);
        Assert.Equal(BreakerState.Closed, StateOf(later, ExternalService.Midtrans));
        await AppHost.EventuallyAsync(() => Task.FromResult(StateOf(app, ExternalService.Midtrans) == BreakerState.Closed), "the first node follows");
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.Equal(201, (await app.OrderAsync(Requests.Full())).Status);
        await AppHost.EventuallyAsync(async () => (string?)(await BreakerAsync(app, "midtrans"))["state"] == "closed", "the status follows");

        Assert.Equal(
            "automatic>isolated Midtrans maintenance; isolated>automatic",
            await app.ReadAsync<string>("select string_agg(concat_ws(' ', (data ->> 'before') || '>' || (data ->> 'after'), reason), '; ' order by id) from audit_log where action = 'breakers:override' and target = 'breaker:midtrans' and actor = 'api:test' and outcome = 'done'"));
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(distinct node_id) from breaker_transitions where cause = 'operator' and to_state = 'isolated' and service = 'midtrans'") == 2, "both leave history");
    }

    [Fact]
    public async Task Override_Expires_ByItself()
    {
        Assert.Equal(200, (await OverrideAsync(app, "whatsapp", """{"mode":"closed","reason":"expires in a moment","duration":"PT10M"}""")).Status);
        Assert.Equal("disabled", (string?)(await BreakerAsync(app, "whatsapp"))["mode"]);

        // As another node would: the row says that it ends now.
        await TestPostgres.ExecuteAsync(app.ConnectionString, "update breaker_overrides set created_at = app_now() - interval '1 h', expires_at = app_now() + interval '1 s', revision = revision + 1 where service = 'whatsapp'");

        await AppHost.EventuallyAsync(async () => (string?)(await BreakerAsync(app, "whatsapp"))["mode"] == "automatic", "it is over");
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from audit_log where action = 'breaker_override_expired' and target = 'breaker:whatsapp' and actor = 'system'") == 1, "and audited once");
        Assert.Null((await BreakerAsync(app, "whatsapp"))["override"]);
        Assert.Equal("automatic", await app.ReadAsync<string>("select mode from breaker_overrides where service = 'whatsapp'"));
    }

    [Fact]
    public async Task Override_InThePlaceOfAnother_IsTheOneThatHolds()
    {
        await OverrideAsync(app, "smtp", """{"mode":"isolated","reason":"first"}""");
        var second = await OverrideAsync(app, "SMTP", """{"mode":"monitor","reason":"second","duration":600}""");

        Assert.Equal(("monitor_only", 2L), ((string?)second.Json["mode"], (long)second.Json["revision"]!));
        var pipeline = app.Services.GetRequiredService<ServicePipelines>()[ExternalService.Smtp];
        Assert.Equal((BreakerMode.MonitorOnly, BreakerState.Closed), (pipeline.Mode, pipeline.State));

        Assert.Equal(204, (await SendAsync(app, HttpMethod.Delete, "smtp", null)).Status);
        Assert.Equal(204, (await SendAsync(app, HttpMethod.Delete, "smtp", null)).Status);
        Assert.Equal(3L, await app.ReadAsync<long>("select count(*) from audit_log where target = 'breaker:smtp'"));
        Assert.Equal(BreakerMode.Automatic, pipeline.Mode);
    }

    [Theory]
    [InlineData("""{"mode":"isolated"}""", "reason")]
    [InlineData("""{"mode":"sideways","reason":"maintenance"}""", "mode")]
    [InlineData("""{"mode":"isolated","reason":"maintenance","duration":"forever"}""", "duration")]
    [InlineData("""{"mode":"isolated","reason":"maintenance","duration":"00:00:01"}""", "duration")]
    public async Task Override_ThatIsNotInOrder_SaysWhichMember(string body, string member)
    {
        var answer = await OverrideAsync(app, "database", body);

        answer.MustBeProblem(400, "validation_failed");
        Assert.Equal([member], answer.Json["errors"]!.AsObject().Select(error => error.Key));
        Assert.Equal(BreakerMode.Automatic, app.Services.GetRequiredService<ServicePipelines>()[ExternalService.Database].Mode);
    }

    [Fact]
    public async Task Override_OfNothingOrByNobody_IsRefused()
    {
        const string body = """{"mode":"isolated","reason":"maintenance"}""";
        (await OverrideAsync(app, "fax", body)).MustBeProblem(404, "breaker_not_found");
        (await SendAsync(app, HttpMethod.Delete, "fax", null)).MustBeProblem(404, "breaker_not_found");
        (await OverrideAsync(app, "smtp", "{")).MustBeProblem(400, "malformed_json");
        (await OverrideAsync(app, "smtp", """{"mode":"isolated","mode":"closed","reason":"maintenance"}""")).MustBeProblem(400, "duplicate_member");
        Assert.Equal(401, (await SendAsync(app, HttpMethod.Post, "smtp", body, key: null)).Status);
        Assert.Equal(403, (await SendAsync(app, HttpMethod.Post, "smtp", body, AppHost.StorefrontKey)).Status);
        Assert.Equal(403, (await SendAsync(app, HttpMethod.Delete, "smtp", null, AppHost.StorefrontKey)).Status);
    }

    [Fact]
    public async Task Transitions_ArePagedNewestFirst()
    {
        for (var round = 0; round < 3; round++)
        {
            await OverrideAsync(app, "database", """{"mode":"isolated","reason":"history"}""");
            await SendAsync(app, HttpMethod.Delete, "database", null);
        }

        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from breaker_transitions where service = 'database'") >= 6, "the history is written");
        using var ops = app.Client(AppHost.OpsKey);
        var seen = new List<string>();
        var cursor = "";
        do
        {
            var page = (await ops.AskAsync($"/api/ops/v1/breakers/database/transitions?limit=2&cursor={cursor}")).Json;
            seen.AddRange(page["items"]!.AsArray().Select(item => $"{item!["from"]}>{item["to"]} {item["cause"]}"));
            Assert.All(page["items"]!.AsArray(), item => Assert.Equal(Environment.MachineName, (string?)item!["machine"]));
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);

        Assert.Equal("isolated>closed operator_released", seen[0]);
        Assert.Equal("closed>isolated operator", seen[1]);
        Assert.Equal(await app.ReadAsync<long>("select count(*) from breaker_transitions where service = 'database'"), seen.Count);
        (await ops.AskAsync("/api/ops/v1/breakers/database/transitions?cursor=nonsense")).MustBeProblem(400, "invalid_cursor");
        (await ops.AskAsync("/api/ops/v1/breakers/fax/transitions")).MustBeProblem(404, "breaker_not_found");
    }

    [Fact]
    public async Task Breakers_AreListedWithTheirLimitsAndFigures()
    {
        using var ops = app.Client(AppHost.OpsKey);
        await AppHost.EventuallyAsync(async () => (await ops.AskAsync("/api/ops/v1/breakers")).Json["items"]!.AsArray().All(item => item!["figures"] is not null), "figures are there");

        var items = (await ops.AskAsync("/api/ops/v1/breakers")).Json["items"]!.AsArray();

        Assert.Equal(["midtrans", "database", "smtp", "whatsapp"], items.Select(item => (string?)item!["service"]));
        var midtrans = items[0]!;
        Assert.Equal((10.0, 0.5, 5), ((double)midtrans["limits"]!["attemptTimeoutSeconds"]!, (double)midtrans["limits"]!["failureRatio"]!, (int)midtrans["limits"]!["consecutiveFailures"]!));
        Assert.True((long)midtrans["figures"]!["windowMs"]! == 60_000);
    }

    private static BreakerState StateOf(AppHost host, ExternalService service) => host.Services.GetRequiredService<ServicePipelines>()[service].State;

    private static async Task<JsonObject> BreakerAsync(AppHost host, string service)
    {
        using var ops = host.Client(AppHost.OpsKey);
        return (await ops.AskAsync("/api/ops/v1/status")).Json["breakers"]!.AsArray().Single(breaker => (string?)breaker!["service"] == service)!.AsObject();
    }

    private static Task<Answer> OverrideAsync(AppHost host, string service, string body) => SendAsync(host, HttpMethod.Post, service, body);

    private static async Task<Answer> SendAsync(AppHost host, HttpMethod method, string service, string? body, string? key = AppHost.OpsKey)
    {
        using var ops = host.Client(key);
        return await ops.AskAsync(new HttpRequestMessage(method, $"/api/ops/v1/breakers/{service}/override")
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        });
    }
}
