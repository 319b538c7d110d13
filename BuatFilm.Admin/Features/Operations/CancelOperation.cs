using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using BuatFilm.Core.Operations;
using Npgsql;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>What was left of a cancelled operation.</summary>
/// <param name="State">Where it stands now.</param>
internal sealed record CancelOutcome(bool IsCancelled, OperationState State, int Total, int Done, int Skipped);

/// <summary>Takes a plan back, undoes a start before its first item leaves, or stops what is left of a running operation.</summary>
/// <remarks>What has left has left. What has not stays planned in the receipt, and dead.</remarks>
internal sealed class CancelOperation(Databases databases, RefusedActions refused)
{
    private const string Cancel = """
        update operations set state = 'cancelled', finished_at = (select app_now()), lease_owner = null, lease_until = null
        where id = $1 and (state = 'planned' or (state = 'running' and not $2))
        returning total, done, skipped
        """;

    /// <param name="isOnlyPlan">True to take back a plan and leave alone what somebody else has started meanwhile.</param>
    /// <exception cref="UnauthorizedAccessException">The person or program may not.</exception>
    /// <returns>Null when there is no such operation.</returns>
    public async Task<CancelOutcome?> ExecuteAsync(ClaimsPrincipal? user, Guid id, string? reason, CancellationToken cancellationToken, bool isOnlyPlan = false)
    {
        var actor = user.Demand((who, permission) => refused.Note(who, permission, OperationTarget.Of(id), "forbidden"), StartOperation.Permission);
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await CancelAsync(connection, id, isOnlyPlan, cancellationToken) is not { } cancelled)
        {
            await transaction.RollbackAsync(cancellationToken);
            if (await OperationStanding.FindAsync(connection, id, cancellationToken) is not { } state)
            {
                return null;
            }

            refused.Note(actor, StartOperation.Permission, OperationTarget.Of(id), "operation_over");
            return new CancelOutcome(false, state, 0, 0, 0);
        }

        var counts = new Dictionary<string, object?>(StringComparer.Ordinal) { ["total"] = cancelled.Total, ["done"] = cancelled.Done, ["skipped"] = cancelled.Skipped };
        await AuditRows.AppendAsync(connection, actor, "operation_cancelled", OperationTarget.Of(id), AuditOutcome.Done, reason, counts, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return cancelled;
    }

    private static async Task<CancelOutcome?> CancelAsync(NpgsqlConnection connection, Guid id, bool isOnlyPlan, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Cancel, connection) { Parameters = { new() { Value = id }, new() { Value = isOnlyPlan } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new CancelOutcome(true, OperationState.Cancelled, reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2))
            : null;
    }
}
