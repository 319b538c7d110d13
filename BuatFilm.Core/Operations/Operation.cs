namespace BuatFilm.Core.Operations;

/// <summary>One piece of bulk work on a fixed set: planned, started, run, and receipted item by item.</summary>
public sealed class Operation
{
    public Guid Id { get; init; }

    /// <summary>Such as <c>requeue</c>.</summary>
    public required string Action { get; init; }

    public OperationState State { get; private set; }

    public required string Actor { get; init; }

    public string? Reason { get; init; }

    /// <summary>The filter that was frozen into items, as JSON.</summary>
    public required string Filter { get; init; }

    /// <summary>What was counted when it was planned, as JSON: customers, channels, what would be harmful.</summary>
    public string Counts { get; private set; } = "{}";

    public int Total { get; private set; }

    public int Done { get; private set; }

    public int Skipped { get; private set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>When the first item may leave: until then a start can be undone.</summary>
    public DateTimeOffset? RunsAt { get; private set; }

    /// <summary>The run of the node that works on it; null while nobody does.</summary>
    public Guid? LeaseOwner { get; private set; }

    public DateTimeOffset? LeaseUntil { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }
}

/// <summary>One item of an operation's fixed set.</summary>
public sealed class OperationItem
{
    public Guid OperationId { get; init; }

    public int Position { get; init; }

    public long TargetId { get; init; }

    /// <summary>The target's attempt count when it was planned: if it is another one by now, somebody else was faster.</summary>
    public int PlannedAttempt { get; init; }

    /// <summary>Attempts that the target is granted when its turn comes; noted when it was planned, so that the run need not look the target up.</summary>
    public int GrantedAttempts { get; init; }

    public OperationItemState State { get; private set; }

    /// <summary>Why it was skipped; null otherwise.</summary>
    public string? Reason { get; private set; }

    /// <summary>When it was done or skipped.</summary>
    public DateTimeOffset? EndedAt { get; private set; }
}

public enum OperationState
{
    Planned,
    Running,
    Finished,
    Cancelled,
}

public enum OperationItemState
{
    Planned,
    Done,
    Skipped,
}
