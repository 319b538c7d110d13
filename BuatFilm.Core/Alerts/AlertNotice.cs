namespace BuatFilm.Core.Alerts;

/// <summary>News of an alert on its way to one recipient; the outbox delivers it and knows how far it came.</summary>
public sealed class AlertNotice
{
    public long Id { get; init; }

    public long AlertId { get; init; }

    public AlertNoticeKind Kind { get; init; }

    /// <summary>The outbox message that carries it.</summary>
    public long MessageId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What happened to the alert.</summary>
public enum AlertNoticeKind
{
    Raised,
    Resolved,
}
