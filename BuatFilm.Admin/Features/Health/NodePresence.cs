using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using Npgsql;

namespace BuatFilm.Admin.Features.Health;

/// <summary>Keeps this run's sign of life, and frees at once what dead runs held.</summary>
/// <remarks>
/// A run is alive while its database session holds its advisory lock. The server drops the lock when the process or
/// its connection dies, so another node finds it free within one round, long before any lease ends.
/// </remarks>
internal sealed class NodePresence(Databases databases, LeaseHolder identity, IEnumerable<ILeasedWork> leasedWork, Wakes wakes, TimeProvider time, ILogger<NodePresence> logger) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

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
        var nodeId = Guid.NewGuid();
        var lockKey = BitConverter.ToInt64(nodeId.ToByteArray());
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
            while (true)
            {
                await BuryDeadAsync(session, nodeId, stoppingToken);
                await Task.Delay(Round, time, stoppingToken);
                await ExecuteAsync(session, "update node_status set seen_at = (select app_now()) where node_id = $1", stoppingToken, nodeId);
            }
        }
        finally
        {
            identity.Lose();
            if (session.FullState == System.Data.ConnectionState.Open && stoppingToken.IsCancellationRequested)
            {
                await ExecuteAsync(session, "update node_status set stopped_at = (select app_now()) where node_id = $1", CancellationToken.None, nodeId);
            }
        }
    }

    private async Task BuryDeadAsync(NpgsqlConnection session, Guid self, CancellationToken cancellationToken)
    {
        var others = new List<(Guid NodeId, long LockKey)>();
        await using (var query = new NpgsqlCommand("select node_id, lock_key from node_status where stopped_at is null and node_id <> $1", session) { Parameters = { new() { Value = self } } })
        await using (var reader = await query.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                others.Add((reader.GetGuid(0), reader.GetInt64(1)));
            }
        }

        foreach (var (nodeId, lockKey) in others)
        {
            await using var tryLock = new NpgsqlCommand("select pg_try_advisory_lock($1)", session) { Parameters = { new() { Value = lockKey } } };
            if (!(bool)(await tryLock.ExecuteScalarAsync(cancellationToken))!)
            {
                continue;
            }

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
    }

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
