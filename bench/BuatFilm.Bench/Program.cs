using System.Globalization;
using System.Runtime.InteropServices;
using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Bench;

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (ArgumentException)
{
    await Console.Error.WriteLineAsync(BenchOptions.Usage);
    return 2;
}

// Ctrl+C and kill end the run by way of every 'await using': nothing is left behind.
using var stop = new CancellationTokenSource(options.Limit);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    var pgbench = await PgBench.FindAsync();
    var report = new Report(options.IsQuick);
    await using var server = await ScratchServer.StartAsync(stop.Token);
    var version = await server.VersionAsync(stop.Token);
    Console.WriteLine($"PostgreSQL {version}, fsync and synchronous_commit on, loopback; {Environment.ProcessorCount} processors shared by client, program and server.");

    if (options.Includes("webhook"))
    {
        await new WebhookRow(options, pgbench, report).RunAsync(server, stop.Token);
    }

    if (options.Includes("outbox"))
    {
        await new OutboxRow(options, pgbench, report).RunAsync(server, stop.Token);
    }

    if (options.IsQuick)
    {
        report.Note("quick: one short round; it shows that everything runs, not how fast it is.");
    }

    report.Print();
    var file = await report.SaveAsync(options.ResultsFolder, options, version, TimeProvider.System.GetUtcNow(), stop.Token);
    Console.WriteLine($"Kept in {Path.GetRelativePath(Path.GetDirectoryName(options.ContentRoot)!, file)}.");
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Stopped: interrupted, or not done within {options.Limit.TotalSeconds:0} s."));
    return 1;
}
catch (Exception failure) when (failure is BenchException or LocalPostgresException)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
