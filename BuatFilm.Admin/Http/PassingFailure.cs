using Npgsql;
using Polly;

namespace BuatFilm.Admin.Http;

/// <summary>Failures that end by themselves, such as a database that is away.</summary>
internal static class PassingFailure
{
    /// <summary>True when the same request may succeed later.</summary>
    public static bool Is(Exception exception)
    {
        // EF Core and the pool wrap what the connection threw.
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is TimeoutException or ExecutionRejectedException || current is NpgsqlException database && IsPassing(database))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPassing(NpgsqlException exception) => exception.IsTransient || exception.SqlState is
        PostgresErrorCodes.QueryCanceled // Our statement timeout.
        or PostgresErrorCodes.LockNotAvailable
        or PostgresErrorCodes.ReadOnlySqlTransaction // A standby, in the middle of a failover.
        or "25P03" // Our timeout for a transaction that idles.
        or PostgresErrorCodes.IoError;
}
