namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>What the embedded server must survive.</summary>
internal enum LocalPostgresMode
{
    /// <summary>PostgreSQL's own defaults: a committed row survives a power cut.</summary>
    Durable,

    /// <summary>For tests: nothing is forced to disk, so a power cut may leave an unreadable cluster.</summary>
    Throwaway,
}
