using BuatFilm.Admin.Data.LocalPostgres;

namespace BuatFilm.Tests.Support;

/// <summary>An empty folder that goes with everything in it.</summary>
/// <remarks>A lock beside it says that its test run lives; <see cref="TestPostgres"/> removes what killed runs left.</remarks>
public sealed class TemporaryFolder : IDisposable
{
    private const string Memory = "/dev/shm";
    private const long Plenty = 2L * 1024 * 1024 * 1024;

    /// <summary>Where folders of tests lie: in memory where Linux has plenty of it for files, else in the system's folder.</summary>
    /// <remarks>On a slow disk, copying a database takes ten times as long.</remarks>
    public static string Parent { get; } =
        Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= Plenty ? Memory : Path.GetTempPath();

    internal const string Prefix = "buatfilm-tests-";

    private readonly FileLock _alive;

    public TemporaryFolder()
    {
        FullName = Path.Combine(Parent, $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");

        // The lock comes first: a folder whose lock is free, or missing, is a leftover.
        _alive = FileLock.TryTake(LockOf(FullName))!;
        Directory.CreateDirectory(FullName);
    }

    public string FullName { get; }

    /// <summary>The full path of something in it.</summary>
    public string this[string relative] => Path.Combine(FullName, relative);

    public void Dispose()
    {
        Directory.Delete(FullName, recursive: true);
        File.Delete(_alive.Path);
        _alive.Dispose();
    }

    internal static string LockOf(string folder) => folder + ".lock";
}
