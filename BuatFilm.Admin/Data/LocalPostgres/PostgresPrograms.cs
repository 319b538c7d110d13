namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>One PostgreSQL on this machine: a folder with initdb, pg_ctl and postgres of one version.</summary>
/// <param name="IsFetched">True when the app fetched it for itself; then nobody keeps it up to date.</param>
internal sealed record PostgresPrograms(string BinDirectory, int Major, bool IsFetched = false)
{
    /// <summary>The oldest major version the app's SQL runs on.</summary>
    public const int OldestMajor = 14;

    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    public string InitDb => Path.Combine(BinDirectory, "initdb");

    public string PgCtl => Path.Combine(BinDirectory, "pg_ctl");

    /// <summary>The programs in a folder that somebody named.</summary>
    /// <exception cref="LocalPostgresException">They are not there, do not run, or are too old.</exception>
    public static async Task<PostgresPrograms> InNamedFolderAsync(string folder, Machine machine)
    {
        const string Setting = $"{LocalPostgresOptions.Section}:{nameof(LocalPostgresOptions.BinDirectory)}";

        if (Needed.FirstOrDefault(program => !machine.FileExists(Path.Combine(folder, program))) is { } missing)
        {
            throw new LocalPostgresException(
                $"{Setting} is {folder}, but there is no {missing} in it. "
                + $"Name the folder that holds {string.Join(", ", Needed)}, or remove the setting to have them looked for.");
        }

        var major = await machine.MajorOf(Path.Combine(folder, "pg_ctl"));
        return major >= OldestMajor
            ? new PostgresPrograms(folder, major.Value)
            : throw new LocalPostgresException(
                $"{Setting} is {folder}, whose pg_ctl "
                + (major is null ? "does not run for the user that PostgreSQL would run as." : $"is of PostgreSQL {major}; version {OldestMajor} or later is needed."));
    }

    /// <summary>Every usable PostgreSQL of the machine, those found first in front.</summary>
    /// <param name="fetchedFolder">Where programs fetched earlier stand, one folder for each.</param>
    /// <remarks>The folders of macOS come from Homebrew's and Postgres.app's documentation; they were not tried on a Mac.</remarks>
    public static async Task<IReadOnlyList<PostgresPrograms>> FindAllAsync(string fetchedFolder, Machine machine)
    {
        var folders = machine.SearchPath
            .Concat(Below("/usr/lib/postgresql", ""))
            .Concat(Below("/usr", "pgsql-"))
            .Concat(Below("/opt/homebrew/opt", "postgresql"))
            .Concat(Below("/usr/local/opt", "postgresql"))
            .Concat(Below("/home/linuxbrew/.linuxbrew/opt", "postgresql"))
            .Concat(Below("/Applications/Postgres.app/Contents/Versions", ""));
        var fetched = Below(fetchedFolder, "postgresql-").ToList();

        var found = new List<PostgresPrograms>();
        foreach (var folder in folders.Concat(fetched).Distinct())
        {
            if (Needed.All(program => machine.FileExists(Path.Combine(folder, program)))
                && await machine.MajorOf(Path.Combine(folder, "pg_ctl")) is { } major
                && major >= OldestMajor)
            {
                found.Add(new PostgresPrograms(folder, major, IsFetched: fetched.Contains(folder)));
            }
        }

        return found;

        IEnumerable<string> Below(string parent, string prefix) => machine.FoldersIn(parent)
            .Where(folder => Path.GetFileName(folder).StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(folder => Path.Combine(folder, "bin"));
    }

    /// <summary>The newest, but first those whose major version already has data, and then those that the machine keeps up to date.</summary>
    /// <remarks>
    /// A data folder belongs to one major version. Were the newest always taken, installing a second version would
    /// greet the user with an empty database.
    /// </remarks>
    public static PostgresPrograms? Choose(IReadOnlyList<PostgresPrograms> found, IReadOnlySet<int> majorsWithData) =>
        found.OrderByDescending(programs => majorsWithData.Contains(programs.Major))
            .ThenBy(programs => programs.IsFetched)
            .ThenByDescending(programs => programs.Major)
            .FirstOrDefault();
}
