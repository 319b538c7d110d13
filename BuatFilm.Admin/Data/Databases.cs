using Npgsql;

namespace BuatFilm.Admin.Data;

/// <summary>The connection pools, one per kind of work, so that a slow page cannot starve a payment.</summary>
/// <remarks>Their sum times the nodes must stay below the server's <c>max_connections</c>; here 55 and Hangfire's 12 a node.</remarks>
internal sealed class Databases : IAsyncDisposable
{
    public Databases(IConfiguration configuration)
    {
        var connectionString = configuration.GetConnectionString("BuatFilm")
            ?? throw new InvalidOperationException("ConnectionStrings:BuatFilm is not set.");

        ConnectionString = connectionString;
        Api = Build(connectionString, "api", 20, TimeSpan.FromSeconds(5));
        Workers = Build(connectionString, "workers", 16, TimeSpan.FromSeconds(30));
        Pages = Build(connectionString, "pages", 15, TimeSpan.FromSeconds(5));
        Probes = Build(connectionString, "probes", 3, TimeSpan.FromSeconds(3));
    }

    /// <summary>For what brings its own pool: Hangfire, sessions that hold advisory locks.</summary>
    public string ConnectionString { get; }

    /// <summary>Storefronts and webhooks.</summary>
    public NpgsqlDataSource Api { get; }

    /// <summary>The drain, checks and maintenance.</summary>
    public NpgsqlDataSource Workers { get; }

    /// <summary>EF Core: pages and the ops API.</summary>
    public NpgsqlDataSource Pages { get; }

    /// <summary>Health, and the node's own sign of life.</summary>
    public NpgsqlDataSource Probes { get; }

    /// <summary>Gives up every connection that lies unused: after an outage most of them are dead, and each would cost somebody an error to find out.</summary>
    public void ForgetIdleConnections()
    {
        Api.Clear();
        Workers.Clear();
        Pages.Clear();
        Probes.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Workers.DisposeAsync();
        await Pages.DisposeAsync();
        await Probes.DisposeAsync();
    }

    private static NpgsqlDataSource Build(string connectionString, string name, int poolSize, TimeSpan statementTimeout)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = $"buatfilm-{name}",
            MaxPoolSize = poolSize,

            // Seconds to wait for a connection of the pool or of the server.
            Timeout = 3,

            // A little above the server's own limit, so that the server's clear error arrives first.
            CommandTimeout = (int)statementTimeout.TotalSeconds + 2,
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            TcpKeepAlive = true,

            // Nothing here leaves a session changed, and undoing nothing costs every reuse of a connection some statements.
            // Session locks live on connections of their own.
            NoResetOnClose = true,
            Options = FormattableString.Invariant(
                $"-c statement_timeout={statementTimeout.TotalMilliseconds:0} -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000"),
        };

        return new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = name }.Build();
    }
}
