namespace BuatFilm.Tests.Support;

/// <summary>An empty folder that goes with everything in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateDirectory(
        Path.Combine(Path.GetTempPath(), $"buatfilm-folder-{Guid.NewGuid():N}")).FullName;

    /// <summary>The full path of something in it.</summary>
    public string this[string relative] => Path.Combine(FullName, relative);

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
