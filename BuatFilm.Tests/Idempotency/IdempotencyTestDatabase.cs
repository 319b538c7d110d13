using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Idempotency;

/// <summary>Databases with our schema.</summary>
internal static class IdempotencyTestDatabase
{
    /// <returns>The connection string of a migrated database of its own.</returns>
    public static async Task<string> CreateAsync() => (await MigratedDatabase.CreateAsync()).ConnectionString;

    public static Task MoveClockAsync(string connectionString, TimeSpan ahead) => MigratedDatabase.MoveClockAsync(connectionString, ahead);

    public static Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken) => TestPostgres.ExecuteAsync(connectionString, sql);
}
