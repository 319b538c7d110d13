using BuatFilm.Admin.Data;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>A row of an operator's wish.</summary>
/// <param name="Mode"><see cref="BreakerMode.Automatic"/> when the last one is over.</param>
/// <param name="Left">Until it expires, by the database's clock.</param>
/// <param name="Revision">Grows with every change, also when the wish is taken back.</param>
internal sealed record OverrideRow(ExternalService Service, BreakerMode Mode, string Reason, string Actor, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, TimeSpan Left, long Revision)
{
    public bool IsInForce => Mode != BreakerMode.Automatic && Left > TimeSpan.Zero;
}

/// <summary>One row a service; every change of it has its audit entry in the same transaction.</summary>
internal sealed class OverrideRows(Databases databases)
{
    /// <summary>What nobody did: the action in the audit log.</summary>
    private const string Expired = "breaker_override_expired";

    private const string Select = "select service, mode, reason, actor, created_at, expires_at, expires_at - app_now(), revision from breaker_overrides";

    private const string Put = """
        insert into breaker_overrides as o (service, mode, reason, actor, created_at, expires_at, revision)
        select $1, $2, $3, $4, t.now, t.now + $5, 1 from (select app_now() as now) t
        on conflict (service) do update set mode = excluded.mode, reason = excluded.reason, actor = excluded.actor,
            created_at = excluded.created_at, expires_at = excluded.expires_at, revision = o.revision + 1
        returning service, mode, reason, actor, created_at, expires_at, expires_at - created_at, revision
        """;

    // The row stays, so that its revision goes on growing: nodes see by it that something changed.
    private const string End = """
        update breaker_overrides set mode = 'automatic', actor = $2, revision = revision + 1
        where service = $1 and mode <> 'automatic' and ($3::bigint is null or (revision = $3 and expires_at <= app_now()))
        returning service, mode, reason, actor, created_at, expires_at, interval '0', revision
        """;

    public async Task<List<OverrideRow>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = databases.Probes.CreateCommand(Select);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Puts a wish in the place of whatever was there.</summary>
    public async Task<OverrideRow> PutAsync(ExternalService service, OverrideDraft draft, string actor, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await LockAsync(connection, service, cancellationToken);
        await using var command = new NpgsqlCommand(Put, connection);
        command.Parameters.Add(new() { Value = ServiceName.Of(service) });
        command.Parameters.Add(new() { Value = WireName<BreakerMode>.Of(draft.Mode) });
        command.Parameters.Add(new() { Value = draft.Reason });
        command.Parameters.Add(new() { Value = actor });
        command.Parameters.Add(new() { Value = draft.Duration });
        var after = (await ReadAsync(command, cancellationToken))[0];
        await AuditAsync(connection, actor, Permissions.BreakersOverride, after, before, draft.Reason, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return after;
    }

    /// <summary>Takes a wish back.</summary>
    /// <returns>Null when there was none.</returns>
    public Task<OverrideRow?> RemoveAsync(ExternalService service, string? reason, string actor, CancellationToken cancellationToken) =>
        EndAsync(service, expiredRevision: null, actor, Permissions.BreakersOverride, reason, cancellationToken);

    /// <summary>Ends a wish whose time is over; of several nodes that try, one does it.</summary>
    /// <returns>Null when another did, or when the database's clock says that it is not over yet.</returns>
    public Task<OverrideRow?> ExpireAsync(ExternalService service, long revision, CancellationToken cancellationToken) =>
        EndAsync(service, revision, Access.SystemActor, Expired, reason: null, cancellationToken);

    private async Task<OverrideRow?> EndAsync(ExternalService service, long? expiredRevision, string actor, string action, string? reason, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Pages.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await LockAsync(connection, service, cancellationToken);
        await using var command = new NpgsqlCommand(End, connection);
        command.Parameters.Add(new() { Value = ServiceName.Of(service) });
        command.Parameters.Add(new() { Value = actor });
        command.Parameters.Add(new() { Value = (object?)expiredRevision ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        if (await ReadAsync(command, cancellationToken) is not [var after])
        {
            return null;
        }

        await AuditAsync(connection, actor, action, after, before, reason, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return after;
    }

    private static async Task<OverrideRow?> LockAsync(NpgsqlConnection connection, ExternalService service, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"{Select} where service = $1 for update", connection) { Parameters = { new() { Value = ServiceName.Of(service) } } };
        return (await ReadAsync(command, cancellationToken)).FirstOrDefault();
    }

    private static Task AuditAsync(NpgsqlConnection connection, string actor, string action, OverrideRow after, OverrideRow? before, string? reason, CancellationToken cancellationToken)
    {
        var data = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["before"] = WireName<BreakerMode>.Of(before is { IsInForce: true } ? before.Mode : BreakerMode.Automatic),
            ["after"] = WireName<BreakerMode>.Of(after.Mode),
            ["revision"] = after.Revision,
        };
        if (before is { Mode: not BreakerMode.Automatic })
        {
            data["beforeReason"] = before.Reason;
            data["beforeActor"] = before.Actor;
        }

        if (after.Mode != BreakerMode.Automatic)
        {
            data["expiresAt"] = after.ExpiresAt;
        }

        return AuditRows.AppendAsync(connection, actor, action, $"breaker:{ServiceName.Of(after.Service)}", AuditOutcome.Done, reason, data, operationId: null, cancellationToken);
    }

    private static async Task<List<OverrideRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<OverrideRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new OverrideRow(
                ServiceName.Parse(reader.GetString(0)),
                WireName<BreakerMode>.Parse(reader.GetString(1)),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetFieldValue<DateTimeOffset>(4).ToUniversalTime(),
                reader.GetFieldValue<DateTimeOffset>(5).ToUniversalTime(),
                reader.GetTimeSpan(6),
                reader.GetInt64(7)));
        }

        return rows;
    }
}
