using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>Where everything of one checkout's embedded PostgreSQL lies.</summary>
/// <param name="Root">The folder that holds <c>pg15</c>, <c>pg18</c>… and the lock for starting and stopping.</param>
/// <param name="ProgramsFolder">Fetched programs; all checkouts share them.</param>
/// <param name="IsNamed">True when the settings name <paramref name="Root"/>.</param>
internal sealed record DataFolder(string Root, string ProgramsFolder, bool IsNamed)
{
    public const string Setting = $"{LocalPostgresOptions.Section}:{nameof(LocalPostgresOptions.DataDirectory)}";

    /// <summary>Held by whoever is starting or stopping a server here.</summary>
    public string TurnFile => Path.Combine(Root, "start.lock");

    /// <summary>The folder of one major version: a newer program must never meet older data.</summary>
    public string FolderOf(int major) => Path.Combine(Root, string.Create(CultureInfo.InvariantCulture, $"pg{major}"));

    public static DataFolder For(LocalPostgresOptions options, string contentRoot) =>
        For(
            options,
            contentRoot,
            Environment.IsPrivilegedProcess,
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify));

    /// <param name="ownFolder">The user's folder for application data; unused for root, whose home nobody else may enter.</param>
    internal static DataFolder For(LocalPostgresOptions options, string contentRoot, bool isRoot, string ownFolder)
    {
        var home = Path.Combine(isRoot ? "/var/lib" : ownFolder, "buatfilm-admin");
        var programs = Path.Combine(home, "programs");

        if (!string.IsNullOrWhiteSpace(options.DataDirectory))
        {
            return new DataFolder(Path.GetFullPath(options.DataDirectory, contentRoot), programs, IsNamed: true);
        }

        if (!Path.IsPathRooted(home))
        {
            throw new LocalPostgresException($"This user has no home folder. Name a folder for the data in {Setting}.");
        }

        // One folder per checkout, so that two never share a database by accident.
        var checkout = Path.TrimEndingDirectorySeparator(Path.GetFullPath(contentRoot));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(checkout)))[..12];
        return new DataFolder(Path.Combine(home, hash), programs, IsNamed: false);
    }

    /// <summary>Makes the folder, and lets the user that PostgreSQL runs as pass through it.</summary>
    /// <exception cref="LocalPostgresException">It cannot be made or written.</exception>
    public void Create()
    {
        try
        {
            UnixRights.MakePublicFolder(Root);

            // Only passing through: the data lies one level deeper and is closed to everybody else.
            if (Environment.IsPrivilegedProcess)
            {
                UnixRights.LetEverybodyPass(Root);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LocalPostgresException(
                $"The folder {Root} for PostgreSQL's data cannot be made or written: {failure.Message} "
                + $"Name another folder in {Setting}.",
                failure);
        }
    }

    /// <summary>The major versions that have data here.</summary>
    public IReadOnlySet<int> MajorsWithData() =>
        Directory.EnumerateDirectories(Root, "pg*")
            .Where(folder => File.Exists(Path.Combine(folder, "data", "PG_VERSION")))
            .Select(folder => int.TryParse(Path.GetFileName(folder)[2..], CultureInfo.InvariantCulture, out var major) ? major : 0)
            .Where(major => major > 0)
            .ToHashSet();
}
