using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>The user that PostgreSQL runs as. It refuses root, so root lends its files to somebody with no rights.</summary>
/// <param name="Name">Null when the current user will do.</param>
internal sealed record RunUser(string? Name, uint UserId, uint GroupId)
{
    private static readonly RunUser Current = new(null, 0, 0);

    /// <summary>The current user; for root, <c>postgres</c> where it exists and <c>nobody</c> where not.</summary>
    /// <exception cref="LocalPostgresException">The current user is root, and neither exists.</exception>
    public static RunUser Find() => Environment.IsPrivilegedProcess ? FindForRoot(File.ReadLines("/etc/passwd")) : Current;

    internal static RunUser FindForRoot(IEnumerable<string> passwd)
    {
        // A line is name:password:user id:group id:…; on macOS nobody's ids are negative.
        var users = passwd
            .Select(line => line.Split(':'))
            .Where(fields => fields.Length >= 4 && fields[0] is "postgres" or "nobody")
            .ToLookup(fields => fields[0], fields => new RunUser(fields[0], Id(fields[2]), Id(fields[3])));

        return users["postgres"].Concat(users["nobody"]).FirstOrDefault()
            ?? throw new LocalPostgresException(
                "PostgreSQL refuses to run as root, and this machine has neither a user postgres nor a user nobody. "
                + "Run the app as an ordinary user, or add one with: useradd --system postgres");
    }

    /// <summary>Gives a file or folder, and everything in it, to this user. Links are not followed.</summary>
    public void Own(string path)
    {
        if (Name is null)
        {
            return;
        }

        OwnOne(path);

        if (Directory.Exists(path))
        {
            var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
            foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*", everything))
            {
                OwnOne(entry);
            }
        }
    }

    /// <summary>Gives only this file or folder to this user, nothing in it.</summary>
    public void OwnOne(string path)
    {
        if (Name is not null && ChangeOwner(path, UserId, GroupId) != 0)
        {
            throw new IOException($"Cannot give {path} to the user {Name}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    private static uint Id(string field) => unchecked((uint)long.Parse(field, CultureInfo.InvariantCulture));

    [DllImport("libc", EntryPoint = "lchown", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);
}
