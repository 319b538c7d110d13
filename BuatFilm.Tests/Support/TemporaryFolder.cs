namespace BuatFilm.Tests.Support;

/// <summary>An empty folder that goes with everything in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string Memory = "/dev/shm";
    private const long Plenty = 2L * 1024 * 1024 * 1024;

    /// <summary>Where folders of tests lie: in memory where Linux has plenty of it for files, else in the system's folder.</summary>
    /// <remarks>On a slow disk, copying a database takes ten times as long.</remarks>
    public static string Parent { get; } =
        Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= Plenty ? Memory : Path.GetTempPath();

    public string FullName { get; } = Directory.CreateDirectory(Path.Combine(Parent, $"buatfilm-folder-{Guid.NewGuid():N}")).FullName;

    /// <summary>The full path of something in it.</summary>
    public string this[string relative] => Path.Combine(FullName, relative);

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
