namespace BuatFilm.Core.Breakers;

/// <summary>What an operator wants of a breaker on every node, until it expires.</summary>
public sealed class BreakerOverride
{
    public ExternalService Service { get; init; }

    public BreakerMode Mode { get; private set; }

    public required string Reason { get; init; }

    /// <summary>Who wants it, as in the audit log.</summary>
    public required string Actor { get; init; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>From then on the calls decide again.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>Grows with every change; a node reports the one that it has applied.</summary>
    public long Revision { get; private set; }
}
