namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>Who may read, write and enter. The embedded PostgreSQL is for Linux and macOS; on Windows nobody gets here.</summary>
internal static class UnixRights
{
    public const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    public const UnixFileMode PublicFile = OwnerFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public const UnixFileMode PublicFolder =
        PublicFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const UnixFileMode EverybodyMayEnter =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static void Set(string path, UnixFileMode rights)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, rights);
        }
    }

    /// <summary>Lets everybody pass through a folder, without letting them see what is in it.</summary>
    public static void LetEverybodyPass(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | EverybodyMayEnter);
        }
    }

    /// <summary>Makes a folder and what is missing above it, for everybody to pass through whatever the umask says.</summary>
    public static void MakePublicFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            MakePublicFolder(Path.GetDirectoryName(folder)!);
            Directory.CreateDirectory(folder);
            Set(folder, PublicFolder);
        }
    }
}
