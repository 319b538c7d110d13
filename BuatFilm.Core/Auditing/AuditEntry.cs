namespace BuatFilm.Core.Auditing;

/// <summary>Who did what to what, and what came of it; appended, never changed.</summary>
public sealed class AuditEntry
{
    public long Id { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>A user's name, <c>api:&lt;key&gt;</c> or <c>system</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>The permission that was used, or the name of a system action.</summary>
    public required string Action { get; init; }

    public string? Target { get; init; }

    public AuditOutcome Outcome { get; init; }

    public string? Reason { get; init; }

    /// <summary>Before, after, counts: a flat JSON object.</summary>
    public required string Data { get; init; }

    public Guid? OperationId { get; init; }
}

public enum AuditOutcome
{
    Done,
    Refused,
    Failed,
}
