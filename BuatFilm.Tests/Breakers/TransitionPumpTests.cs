using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using BuatFilm.Tests.Integrations.Resilience;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Breakers;

public sealed class TransitionPumpTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await MigratedDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Outage_BecomesHistoryAndOneAlert_AndItsEndToo()
    {
        await using var node = new BreakerNode(_database.ConnectionString, ExternalService.Midtrans, breakFor: TimeSpan.FromMilliseconds(500));
        await node.StartPumpAsync();
        await node.OpenAsync();
        await AppHost.EventuallyAsync(() => Task.FromResult(node.Board.Current[ExternalService.Midtrans].Breaker == BreakerState.Open), "the board knows");
        await AppHost.EventuallyAsync(() => ReadAsync<bool>("select exists (select 1 from alerts)"), "the alert is raised");
        Assert.True(await node.Wakes.Alerts.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Stop));
        Assert.Equal("breaker_opened critical midtrans breaker_opened:midtrans consecutive_outages", await ReadAsync<string>("select concat_ws(' ', kind, severity, target, dedupe_key, data ->> 'cause') from alerts where resolved_at is null"));

        await Task.Delay(600, Stop);
        await node.Pipeline.OutagesAsync(1);
        await Task.Delay(600, Stop);
        await node.Pipeline.AnswerAsync(ServiceVerdict.Answered);

        await AppHost.EventuallyAsync(() => ReadAsync<bool>("select resolved_at is not null from alerts"), "the alert is resolved");
        Assert.Equal(
            "closed>open consecutive_outages; open>half_open trial_began; half_open>open trial_failed; open>half_open trial_began; half_open>closed trial_succeeded",
            await ReadAsync<string>("select string_agg(from_state || '>' || to_state || ' ' || cause, '; ' order by id) from breaker_transitions"));
        Assert.Equal(node.Identity.Current, await ReadAsync<Guid>("select distinct node_id from breaker_transitions"));
        Assert.Equal("5 5 1 connection", await ReadAsync<string>("select concat_ws(' ', figures ->> 'calls', figures ->> 'outagesInARow', figures ->> 'failureRatio', split_part(figures ->> 'classes', ',', 1)) from breaker_transitions order by id limit 1"));
        Assert.Equal(0.5, await ReadAsync<double>("select round(extract(epoch from retry_at - at)::numeric, 1)::float8 from breaker_transitions order by id limit 1"), 1);
        Assert.Equal(1L, await ReadAsync<long>("select count(*) from alerts"));
        foreach (var wake in new[] { node.Wakes.Outbox, node.Wakes.Orders, node.Wakes.Checks })
        {
            Assert.True(await wake.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Stop));
        }
    }

    [Fact]
    public async Task Changes_WhileTheDatabaseIsAway_AreShownAtOnce_AndWrittenInOrderLater()
    {
        await using var node = new BreakerNode(_database.ConnectionString, ExternalService.Database, breakFor: TimeSpan.FromMilliseconds(500));
        await AllowConnectionsAsync(false);
        await node.StartPumpAsync();

        await node.OpenAsync();
        await AppHost.EventuallyAsync(() => Task.FromResult(node.Board.Current[ExternalService.Database].Breaker == BreakerState.Open), "memory comes first");
        await Task.Delay(1500, Stop);
        await node.Pipeline.AnswerAsync(ServiceVerdict.Answered);
        await AppHost.EventuallyAsync(() => Task.FromResult(node.Board.Current[ExternalService.Database].Breaker == BreakerState.Closed), "memory is not held up");

        await AllowConnectionsAsync(true);
        await AppHost.EventuallyAsync(async () => await ReadAsync<long>("select count(*) from breaker_transitions") == 3, "the rows follow", 20);

        Assert.Equal("open half_open closed", await ReadAsync<string>("select string_agg(to_state, ' ' order by id) from breaker_transitions"));
        Assert.True(await ReadAsync<bool>("select max(at) - min(at) > interval '1.4 s' and max(at) < app_now() from breaker_transitions")); // When it happened, not when it was written.
        await AppHost.EventuallyAsync(() => ReadAsync<bool>("select resolved_at is not null and severity = 'critical' from alerts where kind = 'breaker_opened'"), "the alert is raised and resolved");
    }

    [Fact]
    public async Task Alert_WhileAnotherLivingNodesBreakerIsOpen_IsKeptUntilItCloses()
    {
        await TestPostgres.ExecuteAsync(
            _database.ConnectionString,
            """insert into node_status (node_id, lock_key, machine_name, process_id, started_at, seen_at, breakers) values ('11111111-1111-1111-1111-111111111111', 1, 'kasir-2', 1, app_now(), app_now(), '{"smtp":{"state":"open"}}')""");
        await using var node = new BreakerNode(_database.ConnectionString, breakFor: TimeSpan.FromMilliseconds(500));
        await node.StartPumpAsync();
        await node.OpenAsync();
        await Task.Delay(600, Stop);
        await node.Pipeline.AnswerAsync(ServiceVerdict.Answered);
        await AppHost.EventuallyAsync(async () => await ReadAsync<long>("select count(*) from breaker_transitions") == 3, "the change is written");
        await Task.Delay(500, Stop);
        Assert.Equal("warning", await ReadAsync<string>("select severity from alerts where resolved_at is null"));

        await TestPostgres.ExecuteAsync(_database.ConnectionString, """update node_status set breakers = '{"smtp":{"state":"closed"}}'""");

        await AppHost.EventuallyAsync(() => ReadAsync<bool>("select resolved_at is not null from alerts"), "the alert is resolved with the last of them");
    }

    [Fact]
    public async Task Alert_LeftByAProcessThatDied_IsResolvedAtTheFirstAnswer()
    {
        await TestPostgres.ExecuteAsync(
            _database.ConnectionString,
            """
            insert into alerts (kind, severity, target, data, dedupe_key) values ('breaker_opened', 'warning', 'smtp', '{}', 'breaker_opened:smtp'), ('service_misconfigured', 'critical', 'smtp', '{}', 'service_misconfigured:smtp')
            """);
        await using var node = new BreakerNode(_database.ConnectionString);
        await node.StartPumpAsync();

        await node.Pipeline.AnswerAsync(ServiceVerdict.Answered);

        await AppHost.EventuallyAsync(async () => await ReadAsync<long>("select count(*) from alerts where resolved_at is null") == 0, "both are resolved");
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from breaker_transitions")); // It was closed, and is.
        Assert.Equal(ServiceHealth.Healthy, node.Board.Current[ExternalService.Smtp].Health);
    }

    [Fact]
    public async Task Misconfiguration_IsOnTheBoardAndAnAlertUntilTheNextAnswer()
    {
        await using var node = new BreakerNode(_database.ConnectionString);
        await node.StartPumpAsync();

        await node.Pipeline.AnswerAsync(ServiceVerdict.Misconfigured, "auth");

        await AppHost.EventuallyAsync(() => ReadAsync<bool>("select exists (select 1 from alerts)"), "the alert is raised");
        Assert.Equal("service_misconfigured critical smtp service_misconfigured:smtp auth", await ReadAsync<string>("select concat_ws(' ', kind, severity, target, dedupe_key, data ->> 'code') from alerts"));
        Assert.Equal(("auth", ServiceHealth.Unhealthy, BreakerState.Closed), (node.Board.Current[ExternalService.Smtp].Fault?.Class, node.Board.Current[ExternalService.Smtp].Health, node.Board.Current[ExternalService.Smtp].Breaker));

        node.Pipeline.EndPause();
        await node.Pipeline.AnswerAsync(ServiceVerdict.Answered);

        await AppHost.EventuallyAsync(() => ReadAsync<bool>("select resolved_at is not null from alerts"), "the alert is resolved");
        Assert.Equal((null, ServiceHealth.Healthy), (node.Board.Current[ExternalService.Smtp].Fault, node.Board.Current[ExternalService.Smtp].Health));
    }

    private Task<T> ReadAsync<T>(string sql) => MigratedDatabase.ReadAsync<T>(_database.ConnectionString, sql);

    /// <summary>Takes the database away, and gives it back.</summary>
    private async Task AllowConnectionsAsync(bool allow)
    {
        var target = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        var name = target.Database!;
        target.Database = "postgres";
        target.Pooling = false;
        await TestPostgres.ExecuteAsync(target.ConnectionString, $"alter database {name} with allow_connections {(allow ? "true" : "false")}");
        if (!allow)
        {
            await TestPostgres.ExecuteAsync(target.ConnectionString, $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
        }
    }
}
