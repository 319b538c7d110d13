namespace BuatFilm.Core.Breakers;

/// <summary>The states of a circuit breaker, in Polly's words.</summary>
public enum BreakerState
{
    /// <summary>Calls go through.</summary>
    Closed,

    /// <summary>Calls are refused until the break ends.</summary>
    Open,

    /// <summary>One trial call decides.</summary>
    HalfOpen,

    /// <summary>Held open by an operator.</summary>
    Isolated,
}
