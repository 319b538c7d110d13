using BuatFilm.Core.Alerts;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>One alert in a list; its words are made where it is shown, in the reader's language.</summary>
/// <param name="Target">What it is about: an order, a service, a channel.</param>
/// <param name="Data">A flat JSON object; part of it may have been written by others.</param>
/// <param name="Occurrences">How often it was raised while it lasted.</param>
public sealed record AlertRow(
    long Id,
    string Kind,
    AlertSeverity Severity,
    string? Target,
    string Data,
    DateTimeOffset RaisedAt,
    DateTimeOffset LastRaisedAt,
    int Occurrences,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    DateTimeOffset? ResolvedAt)
{
    /// <summary>Nobody has taken it on yet.</summary>
    public const string Open = "open";

    /// <summary>Somebody has; it lasts.</summary>
    public const string Acknowledged = "acknowledged";

    /// <summary>It is over.</summary>
    public const string Resolved = "resolved";

    /// <summary>It lasts, whether or not somebody has taken it on; only to ask for.</summary>
    public const string Unresolved = "unresolved";

    public string State => StateOf(AcknowledgedAt, ResolvedAt);

    public static string StateOf(DateTimeOffset? acknowledgedAt, DateTimeOffset? resolvedAt) =>
        resolvedAt is not null ? Resolved : acknowledgedAt is not null ? Acknowledged : Open;

    internal AlertFacts ToFacts() => new(Id, Kind, Severity, Target, AlertData.Read(Data), RaisedAt, ResolvedAt, Occurrences);
}
