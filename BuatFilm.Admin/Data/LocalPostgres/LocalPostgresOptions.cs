namespace BuatFilm.Admin.Data.LocalPostgres;

/// <summary>Where the embedded PostgreSQL keeps its data and finds its programs. Both may stay unset.</summary>
internal sealed class LocalPostgresOptions
{
    public const string Section = "LocalPostgres";

    /// <summary>The folder for the data; a relative one starts at the content root. Unset: a folder of the user's, one per checkout.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>The folder that holds initdb, pg_ctl and postgres. Unset: they are looked for, then fetched.</summary>
    public string? BinDirectory { get; set; }
}
