namespace BuatFilm.Core.Degradation;

/// <summary>What tells flapping from recovery.</summary>
/// <param name="RecoveryHold">How long all must be well before an outage is over, and how long a service that flaps must be well before it counts as up; above zero.</param>
/// <param name="FlapLimit">A service that went down this often within <paramref name="FlapWindow"/> flaps; from 2.</param>
/// <param name="FlapWindow">Counted back from the last time it went down; above zero.</param>
public sealed record DegradationRule(TimeSpan RecoveryHold, int FlapLimit, TimeSpan FlapWindow)
{
    public static DegradationRule Default { get; } = new(TimeSpan.FromSeconds(30), 4, TimeSpan.FromMinutes(5));
}
