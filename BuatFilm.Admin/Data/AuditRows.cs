using System.Text.Json;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Data;

/// <summary>Appends to the audit log, in the transaction of what it tells about.</summary>
internal static class AuditRows
{
    private const string AppendSql = """
        insert into audit_log (actor, action, target, outcome, reason, data, operation_id)
        values ($1, $2, $3, $4, $5, $6, $7)
        """;

    /// <param name="actor">As <c>Access.ActorOf</c> gives it.</param>
    /// <param name="action">The permission that was used, or the name of a system action.</param>
    /// <param name="target">What it was done to, such as <c>message:42</c> or <c>breaker:smtp</c>.</param>
    /// <param name="reason">What the actor gave as the reason, or why it was refused.</param>
    /// <param name="data">Before, after, counts. No secrets, no message bodies.</param>
    public static async Task AppendAsync(NpgsqlConnection connection, string actor, string action, string? target, AuditOutcome outcome, string? reason, IReadOnlyDictionary<string, object?> data, Guid? operationId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AppendSql, connection);
        command.Parameters.Add(new() { Value = actor });
        command.Parameters.Add(new() { Value = action });
        command.Parameters.Add(Text(target));
        command.Parameters.Add(new() { Value = WireName<AuditOutcome>.Of(outcome) });
        command.Parameters.Add(Text(reason));
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(data), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)operationId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>For what has no transaction of its own, such as a refusal.</summary>
    public static async Task AppendAsync(NpgsqlDataSource database, string actor, string action, string? target, AuditOutcome outcome, string? reason, IReadOnlyDictionary<string, object?> data, Guid? operationId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await AppendAsync(connection, actor, action, target, outcome, reason, data, operationId, cancellationToken);
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
