namespace BuatFilm.Core.Breakers;

/// <summary>How one call through a breaker ended.</summary>
public enum CallKind
{
    Success,

    /// <summary>The service refused this one request, which proves that it works.</summary>
    Refusal,

    Outage,

    /// <summary>An outage that showed by silence.</summary>
    TimedOut,

    Throttled,

    /// <summary>The service refuses us, not the request.</summary>
    Misconfigured,

    /// <summary>The caller gave up; it says nothing of the service.</summary>
    Cancelled,

    /// <summary>The breaker refused it: nothing was called.</summary>
    ShortCircuited,

    /// <summary>A bug of ours; it says nothing of the service.</summary>
    Internal,
}

/// <summary>What follows from the way a call ended.</summary>
public static class CallKinds
{
    /// <summary>The service answered.</summary>
    public static bool IsAnswer(this CallKind kind) => kind is CallKind.Success or CallKind.Refusal;

    /// <summary>The service was not there for anybody.</summary>
    public static bool IsOutage(this CallKind kind) => kind is CallKind.Outage or CallKind.TimedOut or CallKind.Throttled;

    /// <summary>The class of it is worth remembering.</summary>
    public static bool IsFailure(this CallKind kind) => kind.IsOutage() || kind is CallKind.Misconfigured or CallKind.Internal;

    /// <summary>The service was called and took the time that it took.</summary>
    public static bool HasLatency(this CallKind kind) => kind is not (CallKind.Cancelled or CallKind.ShortCircuited or CallKind.Internal);
}
