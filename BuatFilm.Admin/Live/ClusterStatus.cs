using System.Collections.Immutable;

namespace BuatFilm.Admin.Live;

/// <summary>What this node knows of the others.</summary>
/// <param name="SelfId">The name under which this run stands in the database; empty before it has one.</param>
/// <param name="Others">The other nodes that are alive, oldest first.</param>
/// <param name="OverridesRevision">Grows with every change of an operator's wish anywhere; 0 before the first look.</param>
public sealed record ClusterStatus(Guid SelfId, ImmutableArray<NodeReport> Others, long OverridesRevision)
{
    public static ClusterStatus Alone { get; } = new(Guid.Empty, [], 0);

    public bool Equals(ClusterStatus? other) =>
        other is not null && SelfId == other.SelfId && OverridesRevision == other.OverridesRevision && Others.SequenceEqual(other.Others);

    public override int GetHashCode() => HashCode.Combine(SelfId, OverridesRevision, Others.Length);
}

/// <summary>Another node as it last reported itself.</summary>
/// <param name="ReportedAt">By the database's clock; null before its first report.</param>
/// <param name="Breakers">JSON, see <see cref="BreakerReport"/>.</param>
public sealed record NodeReport(Guid NodeId, string Machine, int ProcessId, DateTimeOffset StartedAt, DateTimeOffset? ReportedAt, string Breakers);
