namespace BuatFilm.Core.Breakers;

/// <summary>A breaker of one node took another state; appended, never changed.</summary>
public sealed class BreakerTransition
{
    public long Id { get; init; }

    /// <summary>The run of the node whose breaker it was.</summary>
    public Guid NodeId { get; init; }

    public ExternalService Service { get; init; }

    public BreakerState FromState { get; init; }

    public BreakerState ToState { get; init; }

    /// <summary>What moved it, such as <c>consecutive_outages</c>; resources hold its words.</summary>
    public required string Cause { get; init; }

    /// <summary>When it happened, by the database's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>When the next trial call may go; null unless it opened.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>The counts that decided it, and the classes of the failures: a flat JSON object.</summary>
    public required string Figures { get; init; }
}
