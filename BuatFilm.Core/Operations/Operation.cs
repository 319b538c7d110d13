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

    public int Total { get; private set; }

    public int Done { get; private set; }

    public int Skipped { get; private set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }
}

/// <summary>One item of an operation's fixed set.</summary>
public sealed class OperationItem
{
    public Guid OperationId { get; init; }

    public int Position { get; init; }

    public long TargetId { get; init; }

    public OperationItemState State { get; private set; }

    /// <summary>Why it was skipped; null otherwise.</summary>
    public string? Reason { get; private set; }
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
