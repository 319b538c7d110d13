namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>The embedded PostgreSQL could not be had; the message says what to do, for a person at a terminal.</summary>
internal sealed class LocalPostgresException : Exception
{
    public LocalPostgresException()
    {
    }

    public LocalPostgresException(string message)
        : base(message)
    {
    }

    public LocalPostgresException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
