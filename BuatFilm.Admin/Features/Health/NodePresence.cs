using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Health;

/// <summary>Keeps this run's sign of life and its report, learns of the other nodes, and frees at once what dead runs held.</summary>
/// <remarks>
/// A run is alive while its database session holds its advisory lock. The server drops the lock when the process or
/// its connection dies, so another node finds it free within one round, long before any lease ends.
/// One statement a round: every two seconds alone, every second with others, twice a second with others while pages are open, and at once when a breaker changes.
/// </remarks>
internal sealed class NodePresence(Databases databases, LeaseHolder identity, IEnumerable<ILeasedWork> leasedWork, StatusBoard board, ChangeTicker ticker, Wakes wakes, TimeProvider time, ILogger<NodePresence> logger) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RoundWithOthers = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RoundWithOnlookers = TimeSpan.FromMilliseconds(500);

    private const string Beat = """
        with clock as materialized (select app_now() as now),
        me as (update node_status set seen_at = clock.now, reported_at = clock.now, breakers = coalesce($2::jsonb, breakers) from clock where node_id = $1)
        select wishes.revision, n.node_id, n.machine_name, n.process_id, n.started_at, n.reported_at, n.breakers::text, n.lock_key,
               case when n.node_id is not null then pg_try_advisory_lock(n.lock_key) end
        from (select coalesce(sum(revision), 0)::bigint as revision from breaker_overrides) wishes
        left join node_status n on n.stopped_at is null and n.node_id <> $1
        order by n.started_at, n.node_id
        """;

    private readonly WakeSignal _news = new();
    private bool _hadASession;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LiveAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Without a session this run claims nothing; it tries again until it has one.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                identity.Lose();
                logger.LogWarning(exception, "This node lost its database session; it starts no deliveries until it has a new one.");
                await Task.Delay(Round, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LiveAsync(CancellationToken stoppingToken)
    {
        // Later sessions take new names: others may have released by now what was held under the former.
        var nodeId = _hadASession ? Guid.NewGuid() : board.Current.Node.Id;
        _hadASession = true;

        // The random half: the other one begins with the time, which two nodes may share.
        var lockKey = BitConverter.ToInt64(nodeId.ToByteArray(), 8);
        await using var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(databases.ConnectionString)
        {
            Pooling = false,
            KeepAlive = 10,
            Timeout = 3,
            CommandTimeout = 5,
            ApplicationName = "buatfilm-node",
        }.ConnectionString);
        await session.OpenAsync(stoppingToken);

        // The lock first: a row without its lock is a dead node to everybody.
        await ExecuteAsync(session, "select pg_advisory_lock($1)", stoppingToken, lockKey);
        await ExecuteAsync(
            session,
            "insert into node_status (node_id, lock_key, machine_name, process_id, started_at, seen_at) select $1, $2, $3, $4, t.now, t.now from (select app_now() as now) t",
            stoppingToken, nodeId, lockKey, Environment.MachineName, Environment.ProcessId);
        identity.Take(nodeId);
        WakeWorkers(); // Whatever asked for work while this node might not claim any was turned away.

        try
        {
            await BeatAsync(session, nodeId, stoppingToken);
        }
        finally
        {
            identity.Lose();

            // Whatever is known of the others grows old from here on.
            board.Publish(snapshot => snapshot.Cluster.Others.IsEmpty ? snapshot : snapshot with { Cluster = snapshot.Cluster with { Others = [] } });
            if (session.FullState == System.Data.ConnectionState.Open && stoppingToken.IsCancellationRequested)
            {
                await ExecuteAsync(session, "update node_status set stopped_at = (select app_now()) where node_id = $1", CancellationToken.None, nodeId);
            }
        }
    }

    private async Task BeatAsync(NpgsqlConnection session, Guid nodeId, CancellationToken stoppingToken)
    {
        string? reported = null;
        using var subscription = board.Subscribe(() =>
        {
            if (Volatile.Read(ref reported) is { } states && !string.Equals(states, StatesOf(board.Current), StringComparison.Ordinal))
            {
                _news.Wake();
            }

            return Task.CompletedTask;
        });
        string? written = null;
        while (true)
        {
            var snapshot = board.Current;
            var report = BreakerReport.ToJson(snapshot);
            var (revision, others) = await BeatOnceAsync(session, nodeId, string.Equals(report, written, StringComparison.Ordinal) ? null : report, stoppingToken);
            written = report;
            Volatile.Write(ref reported, StatesOf(snapshot));

            var living = new List<NodeReport>();
            foreach (var (node, lockKey, isDead) in others)
            {
                if (isDead)
                {
                    await BuryAsync(session, node.NodeId, lockKey, stoppingToken);
                }
                else
                {
                    living.Add(node);
                }
            }

            var cluster = new ClusterStatus(nodeId, [.. living], revision);
            board.Publish(current => current.Cluster.Equals(cluster) ? current : current with { Cluster = cluster });
            await _news.WaitAsync(living.Count == 0 ? Round : ticker.SubscriberCount > 0 ? RoundWithOnlookers : RoundWithOthers, time, stoppingToken);
        }
    }

    private static async Task<(long Revision, List<(NodeReport Node, long LockKey, bool IsDead)> Others)> BeatOnceAsync(NpgsqlConnection session, Guid self, string? report, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Beat, session)
        {
            Parameters = { new() { Value = self }, new() { Value = (object?)report ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } },
        };
        var others = new List<(NodeReport, long, bool)>();
        var revision = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            revision = reader.GetInt64(0);
            if (reader.IsDBNull(1))
            {
                continue;
            }

            var node = new NodeReport(
                reader.GetGuid(1),
                reader.GetString(2),
                reader.GetInt32(3),
                reader.GetFieldValue<DateTimeOffset>(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5),
                reader.GetString(6));
            others.Add((node, reader.GetInt64(7), reader.GetBoolean(8)));
        }

        return (revision, others);
    }

    /// <summary>Frees what a dead node held. Its lock is ours until then, so that only one node does it.</summary>
    private async Task BuryAsync(NpgsqlConnection session, Guid nodeId, long lockKey, CancellationToken cancellationToken)
    {
        try
        {
            var freed = 0;
            foreach (var work in leasedWork)
            {
                freed += await work.ReleaseAsync(nodeId, cancellationToken);
            }

            await ExecuteAsync(session, "update node_status set stopped_at = (select app_now()) where node_id = $1 and stopped_at is null", cancellationToken, nodeId);
            logger.LogWarning("Node {NodeId} died; {Count} of its leases were freed.", nodeId, freed);
            if (freed > 0)
            {
                // The sweep may be late: a node that dies may leave Hangfire's lock behind for a minute.
                WakeWorkers();
            }
        }
        finally
        {
            await ExecuteAsync(session, "select pg_advisory_unlock($1)", cancellationToken, lockKey);
        }
    }

    /// <summary>What others should hear of at once; figures can wait for the next round.</summary>
    private static string StatesOf(StatusSnapshot snapshot) => string.Join(
        '|',
        snapshot.Services.Values.Select(service => $"{service.Breaker} {service.Mode} {service.Fault?.Class} {service.Override?.Revision}"));

    private void WakeWorkers()
    {
        wakes.Outbox.Wake();
        wakes.Orders.Wake();
    }

    private static async Task ExecuteAsync(NpgsqlConnection session, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, session);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
