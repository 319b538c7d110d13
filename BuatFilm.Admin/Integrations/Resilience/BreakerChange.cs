using BuatFilm.Core;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>News of a breaker: another state, or another reason for the same one.</summary>
/// <param name="At">By this machine's clock.</param>
/// <param name="RetryAt">When the next trial call may go, for a breaker that is open.</param>
internal sealed record BreakerChange(ExternalService Service, BreakerState State, DateTimeOffset At, DateTimeOffset? RetryAt)
{
    /// <summary>The state before; the same when only the reason is news.</summary>
    public BreakerState From { get; init; }

    public BreakerCause Cause { get; init; }

    public BreakerMode Mode { get; init; }

    /// <summary>What the service refuses of ours; null when nothing.</summary>
    public ServiceFault? Fault { get; init; }

    /// <summary>The counts at that moment; null when the state is the same.</summary>
    public CallFigures? Figures { get; init; }
}
