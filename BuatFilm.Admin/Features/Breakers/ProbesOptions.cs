using System.ComponentModel.DataAnnotations;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>How often the services are asked whether they are there.</summary>
internal sealed class ProbesOptions
{
    public const string Section = "Health";

    /// <summary>Between two questions to one service, give or take a fifth; from 250 ms to 1 h. The database is asked every 2 s at least.</summary>
    [Range(typeof(TimeSpan), "00:00:00.250", "01:00:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(10);
}
