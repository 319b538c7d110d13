using System.Diagnostics;
using BuatFilm.Admin.Data.LocalPostgres;

namespace BuatFilm.Tests.Support;

/// <summary>A stopped embedded PostgreSQL to copy: much quicker than making one for each test.</summary>
public sealed class MadeCluster : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync()
    {
        var server = await LocalPostgresServer.StartAsync(
            new LocalPostgresOptions { DataDirectory = _folder["made"] },
            contentRoot: _folder.FullName,
            LocalPostgresMode.Throwaway,
            _ => { },
            TimeProvider.System,
            CancellationToken.None);
        await server.DisposeAsync();
    }

    /// <summary>Puts a copy, its owner and rights included, where nothing stands yet.</summary>
    public void CopyTo(string dataDirectory)
    {
        using var copy = Process.Start("cp", ["-a", _folder["made"], dataDirectory]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
