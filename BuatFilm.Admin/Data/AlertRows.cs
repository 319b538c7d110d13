using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using Npgsql;
using NpgsqlTypes;

namespace BuatFilm.Admin.Data;

/// <summary>Raises and resolves alerts: one row per cause while it lasts, whoever sees it and however often.</summary>
/// <remarks>Telling people is the alerts feature's matter; whoever raises one wakes it after the commit.</remarks>
internal static class AlertRows
{
    private const string RaiseSql = """
        insert into alerts as a (kind, severity, target, data, dedupe_key)
        values ($1, $2, $3, $4, $5)
        on conflict (dedupe_key) where resolved_at is null
        do update set occurrences = a.occurrences + 1, last_raised_at = (select app_now()), data = excluded.data
        returning occurrences
        """;

    private const string ResolveSql = "update alerts set resolved_at = (select app_now()) where dedupe_key = $1 and resolved_at is null";

    /// <param name="kind">Such as <c>midtrans_misconfigured</c>.</param>
    /// <param name="target">What it is about: an order, a service, a channel.</param>
    /// <param name="data">What its words are filled with.</param>
    /// <param name="dedupeKey">Names the cause.</param>
    /// <returns>True when it is a new one.</returns>
    public static async Task<bool> RaiseAsync(NpgsqlConnection connection, string kind, AlertSeverity severity, string? target, IReadOnlyDictionary<string, string> data, string dedupeKey, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(RaiseSql, connection);
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = WireName<AlertSeverity>.Of(severity) });
        command.Parameters.Add(new() { Value = (object?)target ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = System.Text.Json.JsonSerializer.Serialize(data), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = dedupeKey });
        return await command.ExecuteScalarAsync(cancellationToken) is 1;
    }

    /// <inheritdoc cref="RaiseAsync(NpgsqlConnection, string, AlertSeverity, string?, IReadOnlyDictionary{string, string}, string, CancellationToken)"/>
    public static async Task<bool> RaiseAsync(NpgsqlDataSource database, string kind, AlertSeverity severity, string? target, IReadOnlyDictionary<string, string> data, string dedupeKey, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await RaiseAsync(connection, kind, severity, target, data, dedupeKey, cancellationToken);
    }

    /// <summary>Ends the alert of a cause that is over.</summary>
    /// <returns>False when there was none.</returns>
    public static async Task<bool> ResolveAsync(NpgsqlConnection connection, string dedupeKey, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ResolveSql, connection) { Parameters = { new() { Value = dedupeKey } } };
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <inheritdoc cref="ResolveAsync(NpgsqlConnection, string, CancellationToken)"/>
    public static async Task<bool> ResolveAsync(NpgsqlDataSource database, string dedupeKey, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ResolveAsync(connection, dedupeKey, cancellationToken);
    }
}
