using System.Diagnostics;
using System.Globalization;
using BuatFilm.Admin.Data;
using Npgsql;

namespace BuatFilm.Tests.Idempotency;

/// <summary>Databases with our schema on a throwaway PostgreSQL that ends with the tests.</summary>
internal static class IdempotencyTestDatabase
{
    private static readonly SemaphoreSlim Gate = new(1);
    private static string? _server;

    /// <summary>Makes a migrated database of its own.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CreateAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await Gate.WaitAsync(cancellationToken);
        try
        {
            if (_server is null)
            {
                _server = await StartAsync();
                await ExecuteAsync(_server, "create database template_buatfilm", cancellationToken);
                await DatabaseMigrator.MigrateAsync(In(_server, "template_buatfilm"), _ => { }, cancellationToken);
            }

            var name = "t" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
            await ExecuteAsync(_server, $"create database {name} template template_buatfilm", cancellationToken);
            return In(_server, name);
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Moves the database's clock by replacing its one function.</summary>
    public static Task MoveClockAsync(string connectionString, TimeSpan ahead) =>
        ExecuteAsync(
            connectionString,
            $"create or replace function app_now() returns timestamptz language sql volatile parallel safe as $$ select clock_timestamp() + interval '{(long)ahead.TotalMilliseconds} milliseconds' $$",
            TestContext.Current.CancellationToken);

    public static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string In(string server, string database) =>
        new NpgsqlConnectionStringBuilder(server) { Database = database, Pooling = true }.ConnectionString;

    private static async Task<string> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("buatfilm-pg-").FullName;
        var programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Last(bin => File.Exists(Path.Combine(bin, "initdb")))
            : "";

        // The server refuses to run as root.
        var asUser = Environment.UserName == "root" ? (string[])["runuser", "-u", "postgres", "--"] : [];
        if (asUser.Length > 0)
        {
            await RunAsync(["chown", "postgres", directory]);
        }

        var data = Path.Combine(directory, "data");
        await RunAsync([.. asUser, Path.Combine(programs, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]);
        await RunAsync([.. asUser, Path.Combine(programs, "pg_ctl"), "-D", data, "-w", "-l", Path.Combine(directory, "log"), "-o", $"-c listen_addresses='' -k {directory} -c fsync=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB", "start"]);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            // Left behind to finish by itself: the runner counts how long an exit takes.
            var stop = string.Join(' ', [.. asUser, Path.Combine(programs, "pg_ctl"), "-D", data, "-m", "immediate", "stop"]);
            Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"({stop}; rm -rf {directory}) >/dev/null 2>&1 &"]))?.Dispose();
        };

        return $"Host={directory};Username=postgres;Database=postgres;Pooling=false";
    }

    private static async Task RunAsync(string[] command)
    {
        // No redirection: the server would inherit the pipe and keep it open.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "\"$@\" >/dev/null 2>&1", "sh", .. command]) { WorkingDirectory = Path.GetTempPath() })!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
