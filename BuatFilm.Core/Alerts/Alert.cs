namespace BuatFilm.Core.Alerts;

/// <summary>Something that a person should look at; one per cause while it lasts.</summary>
public sealed class Alert
{
    public long Id { get; init; }

    /// <summary>What it is, such as <c>double_payment</c>; resources hold its words.</summary>
    public required string Kind { get; init; }

    public AlertSeverity Severity { get; init; }

    /// <summary>What it is about: an order, a service, a channel.</summary>
    public string? Target { get; init; }

    /// <summary>What the words are filled with, a flat JSON object of strings.</summary>
    public required string Data { get; init; }

    /// <summary>Unique among alerts that are not resolved: raising it again changes nothing.</summary>
    public required string DedupeKey { get; init; }

    public DateTimeOffset RaisedAt { get; init; }

    /// <summary>How often it was raised while it lasted, from 1.</summary>
    public int Occurrences { get; private set; }

    /// <summary>When it was last raised again.</summary>
    public DateTimeOffset LastRaisedAt { get; private set; }

    /// <summary>When the news that it was raised was handed to the outbox, or found to be for nobody; null while it waits.</summary>
    public DateTimeOffset? NotifiedAt { get; private set; }

    public DateTimeOffset? AcknowledgedAt { get; private set; }

    public string? AcknowledgedBy { get; private set; }

    public DateTimeOffset? ResolvedAt { get; private set; }

    /// <summary>The same for the news that it is over.</summary>
    public DateTimeOffset? ResolvedNotifiedAt { get; private set; }
}

public enum AlertSeverity
{
    Info,
    Warning,
    Critical,
}
