using System.Collections.Concurrent;
using BuatFilm.Admin.Data.LocalPostgres;
using Npgsql;

namespace BuatFilm.Tests.Support;

/// <summary>The PostgreSQL of this test run: started by the first test that needs it, gone when the process ends.</summary>
/// <remarks>
/// <c>BUATFILM_TEST_POSTGRES</c>, a superuser's connection string, puts another server in its place.
/// </remarks>
public static class TestPostgres
{
    public const string Variable = "BUATFILM_TEST_POSTGRES";

    private const string FolderPrefix = "buatfilm-tests-";

    private static readonly Lazy<Task<string>> Server = new(StartAsync);
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Templates = new(StringComparer.Ordinal);

    // Two clones at once only get in each other's way.
    private static readonly SemaphoreSlim OneClone = new(1);

    /// <summary>A new database with everything that <paramref name="migrateTemplate"/> made.</summary>
    /// <param name="migrateTemplate">
    /// Gets the connection string of an empty database. Runs once per process and <paramref name="templateName"/>.
    /// </param>
    public static async Task<TestDatabase> CreateDatabaseAsync(
        Func<string, Task> migrateTemplate,
        string templateName = "template_buatfilm")
    {
        var server = await Server.Value;
        var template = await Templates.GetOrAdd(
            templateName,
            name => new Lazy<Task<string>>(() => MakeTemplateAsync(server, name, migrateTemplate))).Value;

        return await CloneAsync(server, template);
    }

    /// <summary>A new database with nothing in it.</summary>
    public static async Task<TestDatabase> CreateEmptyDatabaseAsync() => await CloneAsync(await Server.Value, "template1");

    /// <summary>Removes what killed test runs left in a folder, their servers too.</summary>
    internal static async Task RemoveLeftoversAsync(string parent)
    {
        foreach (var folder in Directory.GetDirectories(parent, FolderPrefix + "*"))
        {
            try
            {
                using var abandoned = FileLock.TryTake(LockOf(folder));
                if (abandoned is not null)
                {
                    await StopServerAsync(folder);
                    Directory.Delete(folder, recursive: true);
                    File.Delete(abandoned.Path);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or LocalPostgresException)
            {
                // Another user's, or one that a third run is removing.
                TestContext.Current.SendDiagnosticMessage($"{folder} stays: {failure.Message}");
            }
        }
    }

    internal static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return Administrative(given);
        }

        await RemoveLeftoversAsync(TemporaryFolder.Parent);

        // The lock comes before the folder: a folder without a held lock is a leftover.
        var folder = Path.Combine(TemporaryFolder.Parent, $"{FolderPrefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
        var alive = FileLock.TryTake(LockOf(folder))!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => alive.Dispose();

        var server = await LocalPostgresServer.StartAsync(
            new LocalPostgresOptions { DataDirectory = folder },
            contentRoot: folder,
            LocalPostgresMode.Throwaway,
            line => TestContext.Current.SendDiagnosticMessage(line),
            TimeProvider.System,
            CancellationToken.None);

        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Directory.Delete(folder, recursive: true);
            File.Delete(alive.Path);
        };

        return Administrative(server.ConnectionString);
    }

    private static async Task<string> MakeTemplateAsync(string server, string name, Func<string, Task> migrate)
    {
        // On a server that is not ours, another run may be making its own.
        var template = $"{name}_{Guid.NewGuid():N}";
        await ExecuteAsync(server, $"CREATE DATABASE {template}");
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 })
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) =>
                ExecuteAsync(server, $"DROP DATABASE IF EXISTS {template} WITH (FORCE)").GetAwaiter().GetResult();
        }

        await migrate(new NpgsqlConnectionStringBuilder(server) { Database = template, Pooling = true }.ConnectionString);

        // A database can be copied only while nobody is connected to it.
        await ExecuteAsync(server, $"ALTER DATABASE {template} ALLOW_CONNECTIONS false");
        await ExecuteAsync(server, $"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{template}'");
        return template;
    }

    private static async Task<TestDatabase> CloneAsync(string server, string template)
    {
        var name = $"test_{Guid.NewGuid():N}";
        await OneClone.WaitAsync();
        try
        {
            await using var connection = new NpgsqlConnection(server);
            await connection.OpenAsync();

            // Copying the files takes half the time of logging every page, where PostgreSQL lets us choose.
            var strategy = connection.PostgreSqlVersion.Major >= 15 ? " STRATEGY file_copy" : "";
            await using var command = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {template}{strategy}", connection);
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            OneClone.Release();
        }

        return new TestDatabase(server, name);
    }

    private static async Task StopServerAsync(string folder)
    {
        if (!Directory.EnumerateDirectories(folder, "pg*").Any(major => File.Exists(Path.Combine(major, "data", "postmaster.pid"))))
        {
            return;
        }

        // To join and then to be the last one out is to stop it.
        var joined = await LocalPostgresServer.StartAsync(
            new LocalPostgresOptions { DataDirectory = folder },
            contentRoot: folder,
            LocalPostgresMode.Throwaway,
            line => TestContext.Current.SendDiagnosticMessage(line),
            TimeProvider.System,
            CancellationToken.None);
        await joined.DisposeAsync();
    }

    // Not to a database that tests copy or drop, and not kept open between uses.
    private static string Administrative(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false }.ConnectionString;

    private static string LockOf(string folder) => folder + ".lock";
}
