using System.Globalization;
using System.Text.RegularExpressions;
using BuatFilm.Admin.Data.LocalPostgres;
using Npgsql;

namespace BuatFilm.Bench;

/// <param name="Rate">Transactions a second, without the time it took to connect.</param>
/// <param name="MeanMs">The average latency of a transaction.</param>
internal sealed record PgBenchRun(double Rate, double MeanMs, long Transactions);

/// <summary>PostgreSQL's own load program: a C client with as little as possible between it and the server.</summary>
internal sealed partial class PgBench(string program)
{
    /// <exception cref="BenchException">The program is not there.</exception>
    public static async Task<PgBench> FindAsync()
    {
        // The server's own folders first: what lies on PATH may be a script that looks for them.
        var machine = Machine.AsSeenBy(RunUser.Find());
        var servers = await PostgresPrograms.FindAllAsync(Path.GetTempPath(), machine);
        var found = servers.OrderByDescending(server => server.Major)
            .Select(server => Path.Combine(server.BinDirectory, "pgbench"))
            .Concat(machine.SearchPath.Select(folder => Path.Combine(folder, "pgbench")))
            .FirstOrDefault(File.Exists);

        return found is null
            ? throw new BenchException(
                "pgbench is not on PATH and not beside a PostgreSQL server. It comes with PostgreSQL: "
                + "the package postgresql of Debian and Ubuntu, postgresql-contrib of Fedora and RHEL, postgresql of Alpine and Homebrew.")
            : new PgBench(found);
    }

    /// <param name="script">The transaction; pgbench prepares its statements.</param>
    /// <param name="amount">Such as <c>-T 5</c> or <c>-t 1000</c>.</param>
    public async Task<PgBenchRun> RunAsync(string connectionString, string script, int clients, string[] amount, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        var file = Path.GetTempFileName();
        try
        {
            // A line each: pgbench ends a command at the semicolon, a setting at the end of its line.
            await File.WriteAllTextAsync(file, script, cancellationToken);
            string[] arguments =
            [
                "-n", "-M", "prepared", "-c", Text(clients), "-j", Text(Math.Min(clients, 2)), .. amount, "-f", file,
                .. variables.SelectMany(variable => new[] { "-D", $"{variable.Key}={variable.Value}" }),
            ];
            var result = await new Command(program, arguments)
            {
                Environment = new Dictionary<string, string>
                {
                    ["PGHOST"] = server.Host!,
                    ["PGPORT"] = Text(server.Port),
                    ["PGUSER"] = server.Username!,
                    ["PGPASSWORD"] = server.Password!,
                    ["PGDATABASE"] = server.Database!,
                    ["PGSSLMODE"] = "disable",
                    ["PGGSSENCMODE"] = "disable",
                    ["LC_ALL"] = "C",
                },
            }.RunAsync(cancellationToken);

            return result.Succeeded && Tps().Match(result.Output) is { Success: true } tps
                ? new PgBenchRun(Number(tps), Number(Latency().Match(result.Output)), (long)Number(Processed().Match(result.Output)))
                : throw new BenchException($"pgbench failed: {string.Join('\n', result.Output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Take(3))}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Number(Match match) => double.Parse(match.Groups["n"].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^tps = (?<n>[0-9.]+) \(without", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tps();

    [GeneratedRegex(@"^latency average = (?<n>[0-9.]+) ms", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Latency();

    [GeneratedRegex(@"^number of transactions actually processed: (?<n>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Processed();
}
