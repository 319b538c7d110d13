namespace BuatFilm.Core.Breakers;

/// <summary>What moved a breaker; stored under its wire name, and resources hold its words.</summary>
public enum BreakerCause
{
    /// <summary>The service answered for the first time since the start.</summary>
    FirstAnswer,

    /// <summary>Outages in a row, however long they took to come.</summary>
    ConsecutiveOutages,

    /// <summary>Too large a share of the calls within the window failed.</summary>
    FailureRatio,

    /// <summary>It had been closed by a probe, and the first real call failed: the probe had proved too little.</summary>
    ProbationFailed,

    TrialBegan,

    TrialSucceeded,

    TrialFailed,

    /// <summary>Another node holds the right to try.</summary>
    TrialDeferred,

    /// <summary>The service refuses our credentials or our configuration.</summary>
    Misconfigured,

    /// <summary>It takes them again.</summary>
    ConfigurationAccepted,

    /// <summary>A setting of ours changed: whatever was refused may be right now.</summary>
    ConfigurationChanged,

    /// <summary>There is reason to believe that the service is back: the break was cut short.</summary>
    BreakEnded,

    /// <summary>An operator took it over.</summary>
    Operator,

    /// <summary>An operator gave it back.</summary>
    OperatorReleased,

    /// <summary>An operator's wish ended by itself.</summary>
    OverrideExpired,
}
