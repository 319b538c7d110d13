using BuatFilm.Admin.Data;
using BuatFilm.Admin.Data.LocalPostgres;
using Npgsql;

namespace BuatFilm.Bench;

/// <summary>A PostgreSQL of this run's own, with full durability, that goes with everything in it.</summary>
internal sealed class ScratchServer : IAsyncDisposable
{
    private const string Prefix = "buatfilm-bench-";

    private readonly string _folder;
    private readonly FileLock _alive;
    private LocalPostgresServer? _server;

    private ScratchServer(string folder)
    {
        _folder = folder;

        // The lock comes first: a folder whose lock is free is a killed run's.
        _alive = FileLock.TryTake(folder + ".lock")!;
        Directory.CreateDirectory(folder);
    }

    public static async Task<ScratchServer> StartAsync(CancellationToken cancellationToken)
    {
        await RemoveLeftoversAsync();
        var scratch = new ScratchServer(Path.Combine(Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}"));
        try
        {
            // The settings with a restart in between: shared_buffers is read at the start only.
            await scratch.StartServerAsync(cancellationToken);
            foreach (var setting in new[] { "shared_buffers = '512MB'", "max_wal_size = '6GB'", "min_wal_size = '1GB'", "checkpoint_timeout = '30min'", "random_page_cost = 1.1" })
            {
                await Sql.ExecuteAsync(scratch.Administrative, $"ALTER SYSTEM SET {setting}", cancellationToken);
            }

            await scratch._server!.DisposeAsync();
            await scratch.StartServerAsync(cancellationToken);

            if (await Sql.ReadAsync<string>(scratch.Administrative, "select current_setting('fsync') || current_setting('synchronous_commit') || current_setting('full_page_writes')", cancellationToken) != "ononon")
            {
                throw new BenchException("The scratch server is not durable; its figures would say nothing.");
            }

            return scratch;
        }
        catch
        {
            await scratch.DisposeAsync();
            throw;
        }
    }

    /// <summary>The version as the server tells it, such as <c>15.14</c>.</summary>
    public Task<string> VersionAsync(CancellationToken cancellationToken) =>
        Sql.ReadAsync<string>(Administrative, "select split_part(current_setting('server_version'), ' ', 1)", cancellationToken);

    /// <summary>A new database with the product's schema.</summary>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await Sql.ExecuteAsync(Administrative, $"CREATE DATABASE {name}", cancellationToken);
        var connectionString = new NpgsqlConnectionStringBuilder(_server!.ConnectionString) { Database = name }.ConnectionString;
        await DatabaseMigrator.MigrateAsync(connectionString, _ => { }, cancellationToken);
        return connectionString;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        File.Delete(_alive.Path);
        _alive.Dispose();
    }

    private string Administrative => new NpgsqlConnectionStringBuilder(_server!.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString;

    private async Task StartServerAsync(CancellationToken cancellationToken) => _server = await StartInAsync(_folder, cancellationToken);

    private static Task<LocalPostgresServer> StartInAsync(string folder, CancellationToken cancellationToken) =>
        LocalPostgresServer.StartAsync(new LocalPostgresOptions { DataDirectory = folder }, folder, LocalPostgresMode.Durable, _ => { }, TimeProvider.System, cancellationToken);

    private static async Task RemoveLeftoversAsync()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                using var abandoned = FileLock.TryTake(folder + ".lock");
                if (abandoned is null)
                {
                    continue;
                }

                if (Directory.GetFiles(folder, "postmaster.pid", SearchOption.AllDirectories).Length > 0)
                {
                    // To join a server and then to be the last one out is to stop it.
                    await (await StartInAsync(folder, CancellationToken.None)).DisposeAsync();
                }

                Directory.Delete(folder, recursive: true);
                File.Delete(abandoned.Path);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or LocalPostgresException)
            {
                Console.WriteLine($"{folder} of an earlier run stays: {failure.Message}");
            }
        }
    }
}
