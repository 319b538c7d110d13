using Npgsql;

namespace BuatFilm.Bench;

/// <summary>Statements outside the measured windows.</summary>
internal static class Sql
{
    public static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 120 }.ConnectionString);
        await connection.OpenAsync(cancellationToken);

        // One by one: VACUUM and CHECKPOINT stand in no transaction.
        foreach (var statement in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public static async Task<T> ReadAsync<T>(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Bytes of write-ahead log since the cluster was made.</summary>
    public static Task<long> WalAsync(string connectionString, CancellationToken cancellationToken) =>
        ReadAsync<long>(connectionString, "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint", cancellationToken);
}
