namespace BuatFilm.Core.Breakers;

/// <summary>The right to try a service that is down: one node at a time, so that a fleet does not fall upon it.</summary>
public sealed class ServiceTrial
{
    public ExternalService Service { get; init; }

    /// <summary>The run of the node that may try.</summary>
    public Guid NodeId { get; private set; }

    /// <summary>Until then nobody else tries: the trial's own deadline, or the break that followed when it failed.</summary>
    public DateTimeOffset HeldUntil { get; private set; }

    /// <summary>Trials so far, for people.</summary>
    public long Trials { get; private set; }
}
