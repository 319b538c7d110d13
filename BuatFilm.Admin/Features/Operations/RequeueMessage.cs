using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>What became of a click.</summary>
/// <param name="OperationId">Null when it was refused.</param>
/// <param name="Standing">Where the message stands instead, such as <c>sent</c>; null when it was requeued.</param>
internal sealed record RequeueOutcome(Guid? OperationId, string? Standing);

/// <summary>Requeues one dead letter: an operation of one item, finished with the same commit.</summary>
/// <remarks>Of any number of clicks at once, one finds the dead letter; the others are told where the message stands.</remarks>
internal sealed class RequeueMessage(Databases databases, Wakes wakes, RefusedActions refused)
{
    public const string Permission = Security.Permissions.DeadLettersRequeue;

    // The attempts are never counted anew: what is granted is added to those that were made.
    private const string Requeue = """
        with clock as materialized (select app_now() as now),
        gone as (
            delete from outbox_dead where message_id = $1
            returning message_id, channel, attempt, cause),
        placed as (
            select g.*, m.max_attempts, m.order_id from gone g join notification_outbox m on m.id = g.message_id),
        queued as (
            insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit, is_stalled)
            select p.message_id, p.channel, clock.now, p.attempt, p.attempt + p.max_attempts, false from placed p, clock
            on conflict (message_id) do nothing),
        item as (
            insert into operation_items (operation_id, position, target_id, planned_attempt, granted_attempts, state, ended_at)
            select $2, 1, p.message_id, p.attempt, p.max_attempts, 'done', clock.now from placed p, clock),
        operation as (
            insert into operations (id, action, state, actor, reason, filter, counts, total, done, skipped, created_at, started_at, runs_at, finished_at)
            select $2, 'requeue', 'finished', $3, $4, '{"ids": 1, "exclude": []}', jsonb_build_object('total', 1, 'byChannel', jsonb_build_object(p.channel, 1)),
                   1, 1, 0, clock.now, clock.now, clock.now, clock.now
            from placed p, clock)
        select channel, cause, attempt, order_id from placed
        """;

    /// <param name="id">The message's number.</param>
    /// <exception cref="UnauthorizedAccessException">The person or program may not.</exception>
    /// <returns>Null when there is no such message.</returns>
    public async Task<RequeueOutcome?> ExecuteAsync(ClaimsPrincipal? user, long id, string? reason, CancellationToken cancellationToken)
    {
        var target = $"message:{id}";
        var actor = user.Demand((who, permission) => refused.Note(who, permission, target, "forbidden"), Permission);
        var operationId = Guid.CreateVersion7();
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await RequeueAsync(connection, id, operationId, reason, actor, cancellationToken) is { } was)
        {
            await AuditRows.AppendAsync(connection, actor, Permission, target, AuditOutcome.Done, reason, was, operationId, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            wakes.Outbox.Wake();
            return new RequeueOutcome(operationId, null);
        }

        await transaction.RollbackAsync(cancellationToken);
        if (await StandingAsync(connection, id, cancellationToken) is not { } standing)
        {
            return null;
        }

        refused.Note(actor, Permission, target, "not_dead");
        return new RequeueOutcome(null, standing);
    }

    /// <returns>What it was, for the audit log; null when it is no dead letter.</returns>
    private static async Task<Dictionary<string, object?>?> RequeueAsync(NpgsqlConnection connection, long id, Guid operationId, string? reason, string actor, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Requeue, connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = operationId });
        command.Parameters.Add(new() { Value = actor });
        command.Parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["channel"] = reader.GetString(0),
                ["cause"] = reader.GetString(1),
                ["attempts"] = reader.GetInt32(2),
                ["orderId"] = reader.IsDBNull(3) ? null : reader.GetString(3),
            }
            : null;
    }

    private static async Task<string?> StandingAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select lower(status) from outbox_overview where id = $1", connection) { Parameters = { new() { Value = id } } };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
