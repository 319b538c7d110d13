using BuatFilm.Core.Health;

namespace BuatFilm.Core.Degradation;

/// <summary>How the health of the services adds up to one level.</summary>
public static class DegradationRules
{
    /// <summary>The level by the number of services that are down, or worse: without the database nothing can be stored.</summary>
    /// <param name="services">What is known of each service. A service that is missing or unknown does not count.</param>
    public static DegradationVerdict LevelOf(IEnumerable<KeyValuePair<ExternalService, ServiceHealth>> services)
    {
        ArgumentNullException.ThrowIfNull(services);

        var causes = services
            .Where(service => service.Value == ServiceHealth.Unhealthy)
            .Select(service => service.Key)
            .Order()
            .ToList();

        if (causes.Contains(ExternalService.Database))
        {
            return new DegradationVerdict(DegradationLevel.Emergency, causes);
        }

        var level = causes.Count switch
        {
            0 => DegradationLevel.Normal,
            1 => DegradationLevel.Degraded,
            2 => DegradationLevel.Severe,
            _ => DegradationLevel.Emergency,
        };

        return new DegradationVerdict(level, causes);
    }
}

/// <summary>A level and why.</summary>
/// <param name="Causes">The services that are down, each once, in the order of <see cref="ExternalService"/>; empty when normal.</param>
public sealed record DegradationVerdict(DegradationLevel Level, IReadOnlyList<ExternalService> Causes);
