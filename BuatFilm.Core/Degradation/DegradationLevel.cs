namespace BuatFilm.Core.Degradation;

/// <summary>How far the shop is from its normal work.</summary>
public enum DegradationLevel
{
    Normal,

    /// <summary>One service is down; its fallback is at work.</summary>
    Degraded,

    /// <summary>Two services are down.</summary>
    Severe,

    /// <summary>Three or more are down, or the database alone: nothing can be stored.</summary>
    Emergency,
}
