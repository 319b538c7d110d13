using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Live;

/// <summary>What this node knows of one external service.</summary>
/// <param name="Breaker">The state of this node's breaker.</param>
/// <param name="Since">When the breaker took that state or, while it is closed, the health changed; null before the first news.</param>
/// <param name="RetryAt">When the next trial call may go, for an open breaker.</param>
/// <param name="Probed">What the last background check, or the trial call that closed the breaker, found.</param>
/// <param name="CheckedAt">When it found it.</param>
public sealed record ServiceStatus(
    BreakerState Breaker,
    DateTimeOffset? Since,
    DateTimeOffset? RetryAt,
    ServiceHealth Probed,
    DateTimeOffset? CheckedAt)
{
    public static ServiceStatus Unknown { get; } = new(BreakerState.Closed, null, null, ServiceHealth.Unknown, null);

    /// <summary>A breaker that is not closed outweighs any check: customers' calls do not go through it.</summary>
    public ServiceHealth Health => Breaker == BreakerState.Closed ? Probed : ServiceHealth.Unhealthy;
}
