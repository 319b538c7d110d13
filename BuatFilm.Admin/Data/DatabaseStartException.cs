namespace BuatFilm.Admin.Data;

/// <summary>The database cannot be used; the message names the setting and says what to do.</summary>
internal sealed class DatabaseStartException : Exception
{
    public DatabaseStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
