using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>One alert: what happened, what it means for customers, what to do now, who was told and how that went.</summary>
public sealed partial class AlertDetail
{
    /// <summary>The alert's number; from the address, so anything.</summary>
    [Parameter]
    [EditorRequired]
    public required string Key { get; set; }

    [Parameter]
    [EditorRequired]
    public EventCallback<long> AcknowledgeAsked { get; set; }

    [Inject]
    public required IStringLocalizer<AlertsPageTexts> Texts { get; init; }

    [Inject]
    public required Words Words { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private AlertQueries Queries { get; set; } = null!;

    [Inject]
    private AlertWords Sentences { get; set; } = null!;

    private AlertItem Alert => Data!.Alert;

    private AlertSeverity Level => WireName<AlertSeverity>.Parse(Alert.Severity);

    private Word Severity => Words.Of(Level);

    private string State => AlertRow.StateOf(Alert.AcknowledgedAt, Alert.ResolvedAt);

    private AlertWording Wording => AlertLook.In(
        Sentences,
        new AlertFacts(Alert.Id, Alert.Kind, Level, Alert.Target, Alert.Data, Alert.RaisedAt, Alert.ResolvedAt, Alert.Occurrences));

    protected override async Task<AlertReport?> ReadAsync(CancellationToken cancellationToken) =>
        long.TryParse(Key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && await Queries.FindAsync(id, cancellationToken) is { } alert
            ? new AlertReport(alert, alert.AcknowledgedAt is null ? null : await Queries.NoteOfAsync(id, cancellationToken))
            : null;
}

/// <param name="Note">Of whoever took it on; null for none.</param>
public sealed record AlertReport(AlertItem Alert, string? Note);
