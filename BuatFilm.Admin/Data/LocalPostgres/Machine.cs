using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>What the search for programs may ask of the machine; a test puts another machine here.</summary>
/// <param name="SearchPath">The folders of PATH, in order.</param>
/// <param name="FileExists">True for an existing file, whatever its rights.</param>
/// <param name="FoldersIn">Full paths of the folders in a folder; none when it does not exist.</param>
/// <param name="MajorOf">The major version that a pg_ctl reports; null when PostgreSQL's user cannot run it.</param>
internal sealed record Machine(
    IReadOnlyList<string> SearchPath,
    Func<string, bool> FileExists,
    Func<string, IEnumerable<string>> FoldersIn,
    Func<string, Task<int?>> MajorOf)
{
    public static Machine AsSeenBy(RunUser user) => new(
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(Path.IsPathRooted)],
        File.Exists,
        folder => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder) : [],
        pgCtl => ReadMajorAsync(pgCtl, user));

    /// <summary>The full path of a program on PATH, or null.</summary>
    public string? FindOnPath(string program) =>
        SearchPath.Select(folder => Path.Combine(folder, program)).FirstOrDefault(FileExists);

    private static async Task<int?> ReadMajorAsync(string pgCtl, RunUser user)
    {
        try
        {
            var result = await new Command(pgCtl, "--version") { UserName = user.Name }.RunAsync(CancellationToken.None);

            // For example: pg_ctl (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)
            var version = Regex.Match(result.Output, @"\(PostgreSQL\) (?<major>\d+)", RegexOptions.None, TimeSpan.FromSeconds(1));
            return version.Success ? int.Parse(version.Groups["major"].ValueSpan, CultureInfo.InvariantCulture) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
