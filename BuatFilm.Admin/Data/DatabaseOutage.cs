using Npgsql;

namespace BuatFilm.Admin.Data;

/// <summary>Tells a database that is away from one that refuses a statement.</summary>
internal static class DatabaseOutage
{
    /// <summary>True when no statement would have succeeded: the connection failed, or the server is shutting down, full or read-only.</summary>
    public static bool Is(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.SqlState is "25006" || postgres.SqlState[..2] is "08" or "53" or "57" or "58" && postgres.SqlState is not "57014",
        NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is IOException or System.Net.Sockets.SocketException or TimeoutException,
        TimeoutException or System.Net.Sockets.SocketException => true,
        _ => false,
    };
}
