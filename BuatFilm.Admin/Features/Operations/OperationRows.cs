using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>How far an operation came with a batch.</summary>
/// <param name="Moved">Items of this batch that were requeued.</param>
/// <param name="DueIn">Until the last of them is due; zero when none was requeued.</param>
internal sealed record BatchResult(int Moved, TimeSpan DueIn, int Total, int Done, int Skipped)
{
    public bool IsLast => Done + Skipped == Total;
}

/// <summary>The statements that run operations: claim with a lease, one batch, release.</summary>
internal sealed class OperationRows(NpgsqlDataSource database) : ILeasedWork
{
    /// <summary>Items of one statement and one commit: long enough to be cheap, short enough that nobody who waits for a row notices.</summary>
    public const int BatchSize = 1_000;

    /// <summary>Far longer than a round of batches takes, and renewed at each.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    // What this node holds already is claimed again with it: every round begins with the newcomers.
    private const string Claim = """
        update operations set lease_owner = $1, lease_until = (select app_now()) + $2
        where id in (
            select id from operations
            where state = 'running' and runs_at <= (select app_now())
              and (lease_owner is null or lease_owner = $1 or lease_until <= (select app_now()))
            order by runs_at, id
            limit 20
            for update skip locked)
        returning id
        """;

    // One statement does a batch or nothing of it. Where it goes on is what the operation counts as done and skipped, in the row that it locks,
    // so no item is taken twice, whoever died. The slots are locked first: batches go one after the other, and none waits for rows of the other.
    // The limit tells the planner that the batch is small; without it, it would read whole tables for each.
    private static readonly string Batch = $"""
        with clock as materialized (select app_now() as now),
        slots as materialized (select channel from requeue_slots order by channel for update),
        op as materialized (
            select o.id, o.done + o.skipped as after, o.filter -> 'exclude' as exclude
            from operations o, (select count(*) from slots) first
            where o.id = $1 and o.lease_owner = $2 and o.state = 'running'
            for update of o),
        batch as materialized (
            select i.ctid as spot, i.position, i.target_id, i.planned_attempt, i.granted_attempts, {RequeueHarmSql.Excluded("op.exclude", "i.target_id")} as harm
            from operation_items i, op
            where i.operation_id = op.id and i.position > op.after and i.position <= op.after + {BatchSize}
            limit {BatchSize}),
        gone as (
            delete from outbox_dead d using batch b
            where d.message_id = b.target_id and d.attempt = b.planned_attempt and b.harm is null
            returning d.message_id, d.channel, b.position, b.planned_attempt, b.granted_attempts),
        placed as materialized (
            select *, row_number() over (partition by channel order by position) - 1 as place from gone),
        taken as (
            update requeue_slots s set next_at = greatest(s.next_at, clock.now) + w.count * w.gap
            from (
                select p.channel, count(*) as count, min(r.gap) as gap
                from placed p join unnest($3::text[], $4::interval[]) r(channel, gap) on r.channel = p.channel
                group by p.channel) w, clock
            where s.channel = w.channel
            returning s.channel, s.next_at - w.count * w.gap as start, w.gap),
        queued as (
            insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit, is_stalled)
            select p.message_id, p.channel, coalesce(t.start + p.place * t.gap, clock.now), p.planned_attempt, p.planned_attempt + p.granted_attempts, false
            from placed p left join taken t on t.channel = p.channel, clock
            on conflict (message_id) do nothing
            returning due_at),
        ended as (
            update operation_items i
            set state = case when p.message_id is null then 'skipped' else 'done' end,
                reason = case when p.message_id is null then coalesce(b.harm, case when d.attempt <> b.planned_attempt then 'changed' else 'not_dead' end) end,
                ended_at = clock.now
            from batch b
            left join placed p on p.position = b.position
            left join outbox_dead d on d.message_id = b.target_id and p.message_id is null, clock
            where i.ctid = b.spot
            returning i.state),
        counted as (
            select count(*) filter (where state = 'done')::int as done, count(*) filter (where state = 'skipped')::int as skipped from ended)
        update operations o
        set done = o.done + counted.done, skipped = o.skipped + counted.skipped
        from counted, clock, op
        where o.id = op.id
        returning counted.done, (select coalesce(max(due_at) - clock.now, interval '0') from queued), o.total, o.done, o.skipped
        """;

    private const string Finish = """
        update operations o
        set state = 'finished', finished_at = (select app_now()), lease_owner = null, lease_until = null,
            counts = o.counts || jsonb_build_object('skippedBy', coalesce(
                (select jsonb_object_agg(s.reason, s.count) from (
                    select i.reason, count(*) from operation_items i
                    where i.operation_id = o.id and i.state = 'skipped' group by i.reason) s), '{}'))
        where o.id = $1
        returning o.counts -> 'skippedBy'
        """;

    /// <summary>Claims what is due and nobody works on, oldest first.</summary>
    public async Task<List<Guid>> ClaimAsync(Guid owner, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = Lease });

        var claimed = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(reader.GetGuid(0));
        }

        return claimed;
    }

    /// <summary>How long until the next started operation may begin; null when none waits.</summary>
    public async Task<TimeSpan?> NextAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select min(runs_at) - app_now() from operations where state = 'running' and runs_at > (select app_now())");
        return await command.ExecuteScalarAsync(cancellationToken) is TimeSpan next ? next : null;
    }

    /// <summary>Takes the next items of an operation; with the last of them it is finished, and the audit log told.</summary>
    /// <returns>Null when it is not this node's any more: it was cancelled, or another node took it over.</returns>
    public async Task<BatchResult?> RunBatchAsync(Guid id, Guid owner, RequeueRates rates, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await BatchAsync(connection, id, owner, rates, cancellationToken);
        if (result is { IsLast: true })
        {
            await FinishAsync(connection, id, result, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    public async Task<int> ReleaseAsync(Guid deadNode, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update operations set lease_owner = null, lease_until = null where lease_owner = $1");
        command.Parameters.Add(new() { Value = deadNode });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<BatchResult?> BatchAsync(NpgsqlConnection connection, Guid id, Guid owner, RequeueRates rates, CancellationToken cancellationToken)
    {
        var channels = Enum.GetValues<Channel>();
        await using var command = new NpgsqlCommand(Batch, connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = channels.Select(WireName<Channel>.Of).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = channels.Select(channel => TimeSpan.FromSeconds(1.0 / rates.Of(channel))).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Interval });

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new BatchResult(reader.GetInt32(0), reader.GetFieldValue<TimeSpan>(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4))
            : null;
    }

    private static async Task FinishAsync(NpgsqlConnection connection, Guid id, BatchResult result, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Finish, connection) { Parameters = { new() { Value = id } } };
        var skippedBy = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        var counts = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["total"] = result.Total,
            ["done"] = result.Done,
            ["skipped"] = result.Skipped,
            ["skippedBy"] = System.Text.Json.JsonDocument.Parse(skippedBy).RootElement,
        };
        await AuditRows.AppendAsync(connection, Security.Access.SystemActor, "operation_finished", OperationTarget.Of(id), Core.Auditing.AuditOutcome.Done, null, counts, id, cancellationToken);
    }
}

/// <summary>How the audit log names an operation.</summary>
internal static class OperationTarget
{
    public static string Of(Guid id) => $"operation:{id}";
}
