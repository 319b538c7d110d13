using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace BuatFilm.Admin.Data;

/// <summary>A connection string and the setting it comes from, for failures that name it.</summary>
/// <param name="Key">Such as <c>ConnectionStrings:BuatFilm</c>.</param>
internal sealed record DatabaseAccess(string Key, string ConnectionString)
{
    private const int LongestTry = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);

    /// <summary>Host, port, database and user; no password.</summary>
    public string Where
    {
        get
        {
            var parts = new NpgsqlConnectionStringBuilder(ConnectionString);
            return string.Create(CultureInfo.InvariantCulture, $"{parts.Host}:{parts.Port}, database {parts.Database ?? parts.Username}, user {parts.Username}");
        }
    }

    /// <returns>What is wrong with the text of the setting, or null.</returns>
    public static string? FindMistake(string key, string? connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString) is { Host: { Length: > 0 } }
                ? null
                : $"{key} names no Host. It reads like 'Host=db;Database=buatfilm;Username=buatfilm_app;Password=…'.";
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // Its words may quote the setting, and that has a password in it.
            return $"{key} cannot be read. It reads like 'Host=db;Database=buatfilm;Username=buatfilm_app;Password=…', with quotes around a value that holds ';' or '='.";
        }
    }

    /// <summary>Waits until PostgreSQL answers.</summary>
    /// <returns>The role that the connection works as.</returns>
    /// <exception cref="DatabaseStartException">It refuses, or has not answered in time.</exception>
    public async Task<string> WaitAsync(TimeSpan atMost, Action<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        long? told = null;
        while (true)
        {
            try
            {
                var role = await RoleAsync(cancellationToken);
                if (told is not null)
                {
                    report("PostgreSQL answers.");
                }

                return role;
            }
            catch (NpgsqlException failure) when (MayPass(failure) && time.GetElapsedTime(started) < atMost)
            {
                if (told is null || time.GetElapsedTime(told.Value) >= TellEvery)
                {
                    var left = (atMost - time.GetElapsedTime(started)).TotalSeconds;
                    report(string.Create(CultureInfo.InvariantCulture, $"Waiting for PostgreSQL ({Where}), for {Math.Ceiling(left):0} s at the most: {Reason(failure)}"));
                    told = time.GetTimestamp();
                }
            }
            catch (NpgsqlException failure)
            {
                throw Explain(failure);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>The failure with the setting that it belongs to, and what to do about it.</summary>
    public DatabaseStartException Explain(NpgsqlException failure)
    {
        var advice = failure.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "Check Username and Password there, and pg_hba.conf on the server.",
            PostgresErrorCodes.InvalidCatalogName => "Create the database, as deploy/roles.sql does, or name another there.",
            PostgresErrorCodes.InsufficientPrivilege => $"That role lacks rights. Who owns the schema goes into {DatabaseStart.OwnerKey}; deploy/roles.sql makes both roles.",
            PostgresErrorCodes.LockNotAvailable => "A session holds a table that a migration has to change. The schema is as it was; end that session and start again.",
            PostgresErrorCodes.TooManyConnections => "Raise max_connections: a node needs about 70.",
            null => $"Check Host and Port there, and that the server runs. {DatabaseOptions.Section}:{nameof(DatabaseOptions.WaitAtStart)} is how long the start waits for it.",
            _ => "",
        };

        return new DatabaseStartException($"{Key} ({Where}): {Reason(failure)}. {advice}".TrimEnd(), failure);
    }

    private static string Reason(NpgsqlException failure) => (failure as PostgresException)?.MessageText ?? failure.InnerException?.Message ?? failure.Message;

    // Nobody listens yet, its name is not known yet, or it is starting up.
    private static bool MayPass(NpgsqlException failure) =>
        failure.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections
        || failure.InnerException is SocketException or TimeoutException or IOException;

    private async Task<string> RoleAsync(CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, ApplicationName = "buatfilm-start" };
        settings.Timeout = settings.Timeout is 0 or > LongestTry ? LongestTry : settings.Timeout;
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException or IOException)
        {
            throw new NpgsqlException(failure.Message, failure); // A name that nobody knows comes bare.
        }

        await using var command = new NpgsqlCommand("select current_user::text", connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
