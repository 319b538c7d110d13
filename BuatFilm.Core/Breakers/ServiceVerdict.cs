namespace BuatFilm.Core.Breakers;

/// <summary>What one call says about the health of the service that was called.</summary>
public enum ServiceVerdict
{
    /// <summary>It answered; also with a refusal of this one request.</summary>
    Answered,

    /// <summary>It could not answer anybody: no connection, no answer in time, a fault of its own.</summary>
    Outage,

    /// <summary>It asks everybody to slow down.</summary>
    Throttled,

    /// <summary>It refuses us, not the request: credentials or configuration. A breaker would only hide it.</summary>
    Misconfigured,

    /// <summary>It was not called.</summary>
    NotCalled,
}

/// <summary>An answer that says what it means for the breaker.</summary>
public interface IServiceAnswer
{
    ServiceVerdict Verdict { get; }

    /// <summary>The class of a failure, short and stable, such as <c>timeout</c> or <c>http_500</c>; null for a success. Never a text of somebody else's.</summary>
    string? Code => null;

    /// <summary>True when it answered by refusing this one request: the service works, the request does not.</summary>
    bool IsRefusal => false;
}
