using System.Security.Claims;
using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;
using BuatFilm.Core.Operations;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Operations;

internal enum StartResult
{
    Started,
    NotFound,

    /// <summary>It was started, finished or cancelled already.</summary>
    NotPlanned,

    /// <summary>The plan is too old: what it counted may not be true any more.</summary>
    Expired,
}

/// <param name="State">Where the operation stands now; null when there is none.</param>
/// <param name="RunsAt">When the first item may leave; null unless it was started.</param>
internal sealed record StartOutcome(StartResult Result, OperationState? State, DateTimeOffset? RunsAt);

/// <summary>Starts a planned operation; until its first item may leave, it can be undone.</summary>
internal sealed class StartOperation(Databases databases, IOptions<OperationsOptions> options, Wakes wakes, RefusedActions refused)
{
    public const string Permission = Security.Permissions.OperationsStart;

    private const string Start = """
        with clock as materialized (select app_now() as now)
        update operations o
        set state = 'running', started_at = clock.now, runs_at = clock.now + $3, actor = $2, reason = coalesce($4, o.reason),
            filter = case when $5::jsonb is null then o.filter else jsonb_set(o.filter, '{exclude}', $5) end
        from clock
        where o.id = $1 and o.state = 'planned' and o.created_at > clock.now - $6
        returning o.runs_at, o.counts, o.filter, o.reason
        """;

    /// <param name="start">A delay that is not given is <see cref="OperationsOptions.UndoWindow"/>.</param>
    /// <exception cref="UnauthorizedAccessException">The person or program may not.</exception>
    public async Task<StartOutcome> ExecuteAsync(ClaimsPrincipal? user, Guid id, OperationStart start, CancellationToken cancellationToken)
    {
        var actor = user.Demand((who, permission) => refused.Note(who, permission, OperationTarget.Of(id), "forbidden"), Permissions.DeadLettersRequeue, Permission);
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var delay = start.Delay ?? options.Value.UndoWindow;
        if (await StartAsync(connection, id, start, delay, actor, cancellationToken) is not { } runsAt)
        {
            await transaction.RollbackAsync(cancellationToken);
            return await RefuseAsync(connection, id, actor, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        wakes.Operations.Wake();
        return new StartOutcome(StartResult.Started, OperationState.Running, runsAt);
    }

    private async Task<DateTimeOffset?> StartAsync(NpgsqlConnection connection, Guid id, OperationStart start, TimeSpan delay, string actor, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Start, connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = actor });
        command.Parameters.Add(new() { Value = delay });
        command.Parameters.Add(new() { Value = (object?)start.Reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = start.Exclude is { } exclude ? JsonSerializer.Serialize(exclude.Select(WireName<RequeueHarm>.Of)) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = options.Value.PlanLifetime });

        DateTimeOffset runsAt;
        string counts, filter;
        string? reason;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
            {
                return null;
            }

            runsAt = reader.GetFieldValue<DateTimeOffset>(0);
            (counts, filter, reason) = (reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3));
        }

        var data = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["counts"] = JsonElement.Parse(counts),
            ["set"] = JsonElement.Parse(filter),
            ["delaySeconds"] = (int)delay.TotalSeconds,
        };
        await AuditRows.AppendAsync(connection, actor, Permission, OperationTarget.Of(id), AuditOutcome.Done, reason, data, id, cancellationToken);
        return runsAt;
    }

    private async Task<StartOutcome> RefuseAsync(NpgsqlConnection connection, Guid id, string actor, CancellationToken cancellationToken)
    {
        if (await OperationStanding.FindAsync(connection, id, cancellationToken) is not { } state)
        {
            return new StartOutcome(StartResult.NotFound, null, null);
        }

        var result = state == OperationState.Planned ? StartResult.Expired : StartResult.NotPlanned;
        refused.Note(actor, Permission, OperationTarget.Of(id), result == StartResult.Expired ? "plan_expired" : "operation_not_planned");
        return new StartOutcome(result, state, null);
    }
}

/// <summary>Where an operation stands.</summary>
internal static class OperationStanding
{
    /// <returns>Null when there is no such operation.</returns>
    public static async Task<OperationState?> FindAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select state from operations where id = $1", connection) { Parameters = { new() { Value = id } } };
        return await command.ExecuteScalarAsync(cancellationToken) is string state ? WireName<OperationState>.Parse(state) : null;
    }
}
