using System.Diagnostics;
using BuatFilm.Admin.Data;
using Hangfire;
using Hangfire.PostgreSql;
using Npgsql;

namespace BuatFilm.Bench;

/// <summary>Jobs that do nothing, queued first and then worked off by 20 workers.</summary>
internal static class HangfireDrain
{
    private static int _done;

    /// <returns>Jobs a second, without the time it took to queue them.</returns>
    public static async Task<double> RunAsync(string database, int jobs, CancellationToken cancellationToken)
    {
        var storage = new PostgreSqlStorage(
            new Connections(new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = 40 }.ConnectionString),
            new PostgreSqlStorageOptions { SchemaName = DatabaseMigrator.HangfireSchema, PrepareSchemaIfNecessary = false });
        var client = new BackgroundJobClient(storage);
        await Parallel.ForAsync(0, jobs, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, (_, _) =>
        {
            client.Enqueue(() => Done());
            return ValueTask.CompletedTask;
        });

        var started = Stopwatch.GetTimestamp();
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = 20 }, storage);
        while (Volatile.Read(ref _done) < jobs)
        {
            await Task.Delay(10, cancellationToken);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        server.SendStop();
        return jobs / elapsed.TotalSeconds;
    }

    /// <summary>The job; Hangfire calls public methods only.</summary>
    public static void Done() => Interlocked.Increment(ref _done);

    private sealed class Connections(string connectionString) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => new(connectionString);
    }
}
