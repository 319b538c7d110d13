namespace BuatFilm.Core.Degradation;

/// <summary>The level that a node sees became another one; appended, never changed.</summary>
public sealed class DegradationChange
{
    public long Id { get; init; }

    public Guid NodeId { get; init; }

    public DegradationLevel FromLevel { get; init; }

    public DegradationLevel ToLevel { get; init; }

    /// <summary>The services that are down, by their lower-case names; empty when normal.</summary>
    public required string[] Causes { get; init; }

    public DateTimeOffset At { get; init; }
}
