using BuatFilm.Admin.Data.LocalPostgres;
using Npgsql;

namespace BuatFilm.Tests.Support;

public sealed class TestPostgresTests(MadeCluster made) : IClassFixture<MadeCluster>
{
    private static int _migrations;

    [Fact]
    public async Task CreateDatabase_TwiceAtOnce_MigratesOnceAndKeepsThemApart()
    {
        var databases = await Task.WhenAll(CreateAsync(), CreateAsync());
        await using var one = databases[0];
        await using var two = databases[1];

        await TestPostgres.ExecuteAsync(one.ConnectionString, "INSERT INTO migrated VALUES (1)");

        Assert.Equal(1, _migrations);
        Assert.Equal(1L, await CountAsync(one));
        Assert.Equal(0L, await CountAsync(two));

        static Task<TestDatabase> CreateAsync() => TestPostgres.CreateDatabaseAsync(MigrateAsync, "template_of_test_postgres");
    }

    [Fact]
    public async Task CreateEmptyDatabase_Always_HasNoTables()
    {
        await using var database = await TestPostgres.CreateEmptyDatabaseAsync();

        Assert.Equal(0L, await ScalarAsync(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public async Task Dispose_WithAConnectionStillOpen_DropsTheDatabase()
    {
        var database = await TestPostgres.CreateEmptyDatabaseAsync();
        await using var open = new NpgsqlConnection(database.ConnectionString);
        await open.OpenAsync(TestContext.Current.CancellationToken);

        await database.DisposeAsync();

        var failure = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(database, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, failure.SqlState);
    }

    [Fact]
    public async Task RemoveLeftovers_OfAKilledRun_StopsItsServerAndRemovesItsFolder()
    {
        using var parent = new TemporaryFolder();
        var left = await StartAsync(parent["buatfilm-tests-1-left/server"]);
        var living = await StartAsync(parent["buatfilm-tests-2-living/server"]);
        using var alive = FileLock.TryTake(parent["buatfilm-tests-2-living.lock"]);
        left.Abandon();

        await TestPostgres.RemoveLeftoversAsync(parent.FullName);

        Assert.False(Directory.Exists(parent["buatfilm-tests-1-left"]));
        await Assert.ThrowsAsync<NpgsqlException>(() => TestPostgres.ExecuteAsync(left.ConnectionString, "SELECT 1"));
        await TestPostgres.ExecuteAsync(living.ConnectionString, "SELECT 1");
        await living.DisposeAsync();
    }

    private static async Task MigrateAsync(string connectionString)
    {
        Interlocked.Increment(ref _migrations);

        // A migration's connection goes back to a pool and stays open there.
        await TestPostgres.ExecuteAsync(connectionString, "CREATE TABLE migrated (id int)");
    }

    private Task<LocalPostgresServer> StartAsync(string folder)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        made.CopyTo(folder);
        return LocalPostgresServer.StartAsync(
            new LocalPostgresOptions { DataDirectory = folder },
            contentRoot: folder,
            LocalPostgresMode.Throwaway,
            _ => { },
            TimeProvider.System,
            TestContext.Current.CancellationToken);
    }

    private static Task<object?> CountAsync(TestDatabase database) => ScalarAsync(database, "SELECT count(*) FROM migrated");

    private static async Task<object?> ScalarAsync(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
