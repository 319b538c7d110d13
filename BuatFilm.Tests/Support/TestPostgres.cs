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
        foreach (var folder in Directory.GetDirectories(parent, TemporaryFolder.Prefix + "*"))
        {
            try
            {
                using var abandoned = FileLock.TryTake(TemporaryFolder.LockOf(folder));
                if (abandoned is not null)
                {
                    await StopServersAsync(folder);
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

        var folder = new TemporaryFolder();
        var server = await StartServerAsync(folder["postgres"]);

        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            folder.Dispose();
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

    // To join a server and then to be the last one out is to stop it.
    private static async Task StopServersAsync(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "postmaster.pid", SearchOption.AllDirectories))
        {
            var data = new FileInfo(file).Directory!; // As in: root/pg15/data/postmaster.pid
            await (await StartServerAsync(data.Parent!.Parent!.FullName)).DisposeAsync();
        }
    }

    private static Task<LocalPostgresServer> StartServerAsync(string dataDirectory) => LocalPostgresServer.StartAsync(
        new LocalPostgresOptions { DataDirectory = dataDirectory },
        contentRoot: dataDirectory,
        LocalPostgresMode.Throwaway,
        line => TestContext.Current.SendDiagnosticMessage(line),
        TimeProvider.System,
        CancellationToken.None);

    // Not to a database that tests copy or drop, and not kept open between uses.
    private static string Administrative(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false }.ConnectionString;
}
