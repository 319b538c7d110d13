namespace BuatFilm.Core.Breakers;

/// <summary>Who decides over a breaker.</summary>
public enum BreakerMode
{
    /// <summary>The calls decide: it opens and closes by itself.</summary>
    Automatic,

    /// <summary>An operator holds it open: nothing is called.</summary>
    Isolated,

    /// <summary>An operator lets every call through, whatever comes of it.</summary>
    Disabled,

    /// <summary>Every call goes through, and the breaker only notes what it would have done.</summary>
    MonitorOnly,
}
