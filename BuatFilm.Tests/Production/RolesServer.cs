using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Tests.Shell;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Production;

/// <summary>A PostgreSQL of one test's own, on which <c>deploy/roles.sql</c> was run as it stands.</summary>
internal sealed class RolesServer : IAsyncDisposable
{
    private const string OwnerPassword = "owner-password-47";
    private const string AppPassword = "app-password-47";

    private readonly TemporaryFolder _folder = new();
    private readonly LocalPostgresServer _server;

    private RolesServer(LocalPostgresServer server, TemporaryFolder folder)
    {
        _server = server;
        _folder = folder;
    }

    /// <summary>For <c>ConnectionStrings:Migrations</c>.</summary>
    public string Owner => As("buatfilm_owner", OwnerPassword);

    /// <summary>For <c>ConnectionStrings:BuatFilm</c>.</summary>
    public string App => As("buatfilm_app", AppPassword);

    /// <summary>A superuser, in another database.</summary>
    private string Superuser => new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString;

    public static async Task<RolesServer> StartAsync()
    {
        var folder = new TemporaryFolder();
        var server = await LocalPostgresServer.StartAsync(
            new LocalPostgresOptions { DataDirectory = folder["postgres"] },
            contentRoot: folder.FullName,
            LocalPostgresMode.Throwaway,
            _ => { },
            TimeProvider.System,
            CancellationToken.None);
        var made = new RolesServer(server, folder);

        // The embedded one comes with a database of that name.
        await TestPostgres.ExecuteAsync(made.Superuser, "drop database buatfilm with (force)");
        await made.RunAsync(_ => true);
        await TestPostgres.ExecuteAsync(made.Superuser, $"alter role buatfilm_owner password '{OwnerPassword}'");
        await TestPostgres.ExecuteAsync(made.Superuser, $"alter role buatfilm_app password '{AppPassword}'");
        return made;
    }

    /// <summary>Loses the database, and makes an empty one by the same file.</summary>
    public async Task LoseDatabaseAsync()
    {
        await TestPostgres.ExecuteAsync(Superuser, "drop database buatfilm with (force)");
        await RunAsync(statement => !statement.StartsWith("create role", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    // As psql does: one statement after the other, and \connect goes to another database.
    private async Task RunAsync(Func<string, bool> wanted)
    {
        var lines = (await File.ReadAllLinesAsync(SourceTree.PathOf("deploy/roles.sql"))).Where(line => !line.StartsWith("--", StringComparison.Ordinal));
        var where = Superuser;
        foreach (var statement in string.Join('\n', lines).Replace("\\connect buatfilm\n", "\\connect buatfilm;", StringComparison.Ordinal).Split(';').Select(text => text.Trim()).Where(text => text.Length > 0 && wanted(text)))
        {
            if (statement.StartsWith("\\connect ", StringComparison.Ordinal))
            {
                where = new NpgsqlConnectionStringBuilder(Superuser) { Database = statement[9..] }.ConnectionString;
                continue;
            }

            await TestPostgres.ExecuteAsync(where, statement);
        }
    }

    private string As(string role, string password) =>
        new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Username = role, Password = password, Database = "buatfilm", Pooling = false }.ConnectionString;
}
