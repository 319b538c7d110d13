using System.ComponentModel.DataAnnotations;

namespace BuatFilm.Admin.Data;

/// <summary>How the start meets the database.</summary>
internal sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>How long the start waits for a PostgreSQL that does not answer; up to 1 h. Zero fails at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan WaitAtStart { get; set; } = TimeSpan.FromSeconds(30);
}
