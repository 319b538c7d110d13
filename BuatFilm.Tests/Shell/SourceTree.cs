namespace BuatFilm.Tests.Shell;

/// <summary>The project's own files, for tests that read the source.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Files under a folder, without what the build made.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BuatFilm.Admin.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The solution file is in no folder above the tests.");
    }
}
