using System.Diagnostics;

namespace BuatFilm.Bench;

/// <summary>How long and how much; the quick figures only show that everything runs.</summary>
/// <param name="ContentRoot">The app's folder.</param>
/// <param name="Only">The one row to run; null for all.</param>
/// <param name="WarmUp">At the most; it ends earlier once the program has had enough to do to be compiled for speed.</param>
internal sealed record BenchOptions(
    string ContentRoot,
    string ResultsFolder,
    string? Only,
    bool IsQuick,
    TimeSpan Limit,
    int Rounds,
    TimeSpan WarmUp,
    TimeSpan Round,
    TimeSpan SingleRound,
    TimeSpan DuplicateRound,
    int Orders,
    int Messages,
    int Jobs)
{
    public const string Usage = """
        ./bench.sh [--quick] [--only webhook|outbox]

          --quick   one short round of each, under a minute; shows that it works, not how fast it is
          --only    one row
        """;

    public bool Includes(string row) => Only is null || string.Equals(Only, row, StringComparison.Ordinal);

    /// <exception cref="ArgumentException">The arguments are not understood.</exception>
    public static BenchOptions Parse(string[] args)
    {
        string? root = null;
        string? only = null;
        var quick = false;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    quick = true;
                    break;
                case "--only" when i + 1 < args.Length && args[i + 1] is "webhook" or "outbox":
                    only = args[++i];
                    break;
                case "--root" when i + 1 < args.Length:
                    root = args[++i];
                    break;
                default:
                    throw new ArgumentException(Usage, nameof(args));
            }
        }

        root = Path.GetFullPath(root ?? ".");
        var content = Path.Combine(root, "BuatFilm.Admin");
        var results = Path.Combine(root, "bench", "results");

        return quick
            ? new(content, results, only, true, Seconds(60), 1, Seconds(3), Seconds(2), Seconds(1), Seconds(1), 50_000, 20_000, 150)
            : new(content, results, only, false, Seconds(360), 3, Seconds(20), Seconds(5), Seconds(2), Seconds(3), 200_000, 200_000, 2_000);
    }

    /// <summary>Whether another round like the last one ends in time; on a busy machine there are fewer.</summary>
    /// <param name="started">A timestamp of the row's start.</param>
    /// <param name="rounds">How many it has had.</param>
    public bool HasTimeForAnother(long started, int rounds)
    {
        var used = Stopwatch.GetElapsedTime(started);
        return rounds < Rounds && used + (used / rounds) < Limit * (Only is null ? 0.4 : 0.8);
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
