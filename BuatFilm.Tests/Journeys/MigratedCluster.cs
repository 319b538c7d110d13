using System.Diagnostics;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Journeys;

/// <summary>A stopped embedded PostgreSQL with our schema, to copy: an app started on it is ready in half the time.</summary>
public sealed class MigratedCluster : IAsyncLifetime
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
        await DatabaseMigrator.MigrateAsync(server.ConnectionString, _ => { }, CancellationToken.None);
        await server.DisposeAsync();
    }

    /// <summary>Puts a copy where nothing stands yet.</summary>
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

/// <summary>Tests that start the program as a process of its own; one after the other, since each takes a core or two.</summary>
[CollectionDefinition(Name)]
public sealed class ProcessTests : ICollectionFixture<MigratedCluster>
{
    public const string Name = "processes";
}

/// <summary>Those that take long for that; beside the others, since they wait for most of their time.</summary>
[CollectionDefinition(Name)]
public sealed class LongProcessTests : ICollectionFixture<MigratedCluster>
{
    public const string Name = "long processes";
}
