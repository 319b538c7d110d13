using System.Globalization;
using BuatFilm.Admin.Data;
using Npgsql;

namespace BuatFilm.Tests.Support;

/// <summary>Databases with our schema, cloned from one template.</summary>
internal static class MigratedDatabase
{
    public static Task<TestDatabase> CreateAsync() =>
        TestPostgres.CreateDatabaseAsync(connectionString => DatabaseMigrator.MigrateAsync(connectionString, _ => { }, CancellationToken.None));

    /// <summary>Moves the database's clock by replacing its one function.</summary>
    public static Task MoveClockAsync(string connectionString, TimeSpan ahead) => TestPostgres.ExecuteAsync(
        connectionString,
        $"create or replace function app_now() returns timestamptz language sql volatile parallel safe as $$ select clock_timestamp() + interval '{((long)ahead.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)} milliseconds' $$");

    /// <summary>The first column of the first row.</summary>
    public static async Task<T> ReadAsync<T>(string connectionString, string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
