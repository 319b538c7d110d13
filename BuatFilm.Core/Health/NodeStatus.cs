namespace BuatFilm.Core.Health;

/// <summary>One run of one process; it lives as long as the database session that holds its advisory lock.</summary>
public sealed class NodeStatus
{
    /// <summary>A new one at every start.</summary>
    public Guid NodeId { get; init; }

    /// <summary>The advisory lock's number; free again the moment the process or its connection dies.</summary>
    public long LockKey { get; init; }

    public required string MachineName { get; init; }

    public int ProcessId { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset SeenAt { get; private set; }

    /// <summary>Its breakers with their figures, as JSON by the services' lower-case names; what a page shows of other nodes.</summary>
    public string Breakers { get; private set; } = "{}";

    /// <summary>When it last wrote <see cref="Breakers"/>; null before it has.</summary>
    public DateTimeOffset? ReportedAt { get; private set; }

    /// <summary>When it stopped, or when another node found its lock free; null while it lives.</summary>
    public DateTimeOffset? StoppedAt { get; private set; }
}
