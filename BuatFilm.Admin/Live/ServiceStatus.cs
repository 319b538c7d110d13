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
    /// <summary>Who decides over the breaker.</summary>
    public BreakerMode Mode { get; init; }

    /// <summary>What an operator wants of it; null while nothing.</summary>
    public OverrideStatus? Override { get; init; }

    /// <summary>What the service refuses of ours; null when nothing.</summary>
    public ServiceFault? Fault { get; init; }

    /// <summary>This node's calls, at most a second old; null before the first look.</summary>
    public CallFigures? Figures { get; init; }

    public static ServiceStatus Unknown { get; } = new(BreakerState.Closed, null, null, ServiceHealth.Unknown, null);

    /// <summary>A breaker that is not closed outweighs any check: customers' calls do not go through it. Nor do they while the service refuses us.</summary>
    public ServiceHealth Health => Breaker == BreakerState.Closed && Fault is null ? Probed : ServiceHealth.Unhealthy;
}

/// <summary>An operator's wish as this node has applied it.</summary>
/// <param name="ExpiresAt">From then on the calls decide again.</param>
public sealed record OverrideStatus(BreakerMode Mode, string Reason, string Actor, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long Revision);
