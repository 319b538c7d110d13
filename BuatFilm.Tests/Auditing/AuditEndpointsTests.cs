using BuatFilm.Tests.Operations;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Auditing;

/// <summary>The audit log as the ops API shows it, and what is written into it when somebody is refused.</summary>
public sealed class AuditEndpointsTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task Audit_OfEverything_IsNewestFirstPageByPage()
    {
        await TestPostgres.ExecuteAsync(app.ConnectionString, "insert into audit_log (actor, action, target, outcome, data) select 'page', 'x', 'thing:' || i, 'done', '{\"n\": 1}' from generate_series(1, 7) i");

        var lines = await app.AllAsync("/audit?actor=page&limit=3");

        Assert.Equal(["thing:7", "thing:6", "thing:5", "thing:4", "thing:3", "thing:2", "thing:1"], lines.Select(line => (string?)line["target"]));
        Assert.Equal(["id", "at", "actor", "action", "target", "outcome", "data"], lines[0].Select(member => member.Key));
        Assert.Equal(1, (int)lines[0]["data"]!["n"]!);
    }

    [Theory]
    [InlineData("actor=filter", 4)]
    [InlineData("actor=filter&action=a", 2)]
    [InlineData("actor=filter&target=t:2", 2)]
    [InlineData("actor=filter&action=b&target=t:1", 1)]
    [InlineData("actor=filter&action=c", 0)]
    public async Task Audit_WithAFilter_HasWhatFits(string query, int expected)
    {
        if (await app.ReadAsync<long>("select count(*) from audit_log where actor = 'filter'") == 0)
        {
            await TestPostgres.ExecuteAsync(app.ConnectionString, "insert into audit_log (actor, action, target, outcome, data) select 'filter', a, t, 'done', '{}' from unnest(array['a', 'b']) a, unnest(array['t:1', 't:2']) t");
        }

        Assert.Equal(expected, (await app.AllAsync($"/audit?{query}")).Count);
    }

    [Theory]
    [InlineData("cursor=x", "invalid_cursor")]
    [InlineData("cursor=LTE", "invalid_cursor")]
    [InlineData("actor=a%00", "validation_failed")]
    [InlineData("limit=x", "malformed_request")]
    public async Task Audit_WithAWrongQuery_IsRefused(string query, string code)
    {
        (await app.OpsAsync($"/audit?{query}")).MustBeProblem(400, code);
    }

    [Fact]
    public async Task Refusal_OfAKnownCaller_IsAudited()
    {
        await using var host = await AppHost.StartAsync();
        (await host.OpsAsync("/dead-letters", AppHost.StorefrontKey)).MustBeProblem(403, "forbidden");
        (await host.OpsAsync("/dead-letters", (string?)null)).MustBeProblem(401, "api_key_missing");

        await AppHost.EventuallyAsync(async () => (await host.AllAsync("/audit?actor=api:test")).Count > 0, "the refusal is written", 10);
        var line = Assert.Single(await host.AllAsync("/audit"));

        Assert.Equal(
            ("api:test", "dead-letters:read", "GET /api/ops/v1/dead-letters", "refused", "forbidden"),
            ((string?)line["actor"], (string?)line["action"], (string?)line["target"], (string?)line["outcome"], (string?)line["reason"]));
    }

    [Fact]
    public async Task Refusals_InAStorm_AreAFewLinesThatCountAll()
    {
        await using var host = await AppHost.StartAsync();

        await Parallel.ForEachAsync(Enumerable.Range(0, 600), TestContext.Current.CancellationToken, async (n, _) =>
            (await host.OpsAsync(HttpMethod.Post, $"/dead-letters/{n}/requeue", null, AppHost.OtherStorefrontKey)).MustBeProblem(403, "forbidden"));

        const string Times = "select coalesce(sum((data ->> 'times')::bigint), 0)::bigint from audit_log where actor = 'api:other' and action = 'dead-letters:requeue'";
        await AppHost.EventuallyAsync(async () => await host.ReadAsync<long>(Times) == 600, "all are counted", 20);
        Assert.InRange(await host.ReadAsync<long>("select count(*) from audit_log"), 1, 400);
        Assert.True(await host.ReadAsync<long>("select count(*) from audit_log where target is null") >= 1);
    }

    [Fact]
    public async Task Refusal_WhileTheDatabaseRefuses_IsWrittenLater()
    {
        await using var host = await AppHost.StartAsync();
        await TestPostgres.ExecuteAsync(host.ConnectionString, "create function fail() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$; create trigger fail before insert on audit_log for each row execute function fail()");
        (await host.OpsAsync("/audit", AppHost.StorefrontKey)).MustBeProblem(403, "forbidden");
        await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        await TestPostgres.ExecuteAsync(host.ConnectionString, "drop trigger fail on audit_log");

        await AppHost.EventuallyAsync(async () => await host.ReadAsync<long>("select count(*) from audit_log where action = 'audit:read' and outcome = 'refused'") == 1, "it is written", 10);
    }
}
