using System.ComponentModel.DataAnnotations;
using BuatFilm.Core.Degradation;

namespace BuatFilm.Admin.Features.Degradation;

/// <summary>What tells flapping from recovery.</summary>
internal sealed class DegradationOptions
{
    public const string Section = "Degradation";

    /// <summary>How long all must be well before an outage is over, and how long a service that flaps must be well before it counts as up; from 2 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan RecoveryHold { get; set; } = DegradationRule.Default.RecoveryHold;

    /// <summary>A service that went down this often within <see cref="FlapWindow"/> flaps; from 2 to 100.</summary>
    [Range(2, 100)]
    public int FlapLimit { get; set; } = DegradationRule.Default.FlapLimit;

    /// <summary>Counted back from the last time it went down; from 10 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan FlapWindow { get; set; } = DegradationRule.Default.FlapWindow;

    public DegradationRule Rule => new(RecoveryHold, FlapLimit, FlapWindow);
}
