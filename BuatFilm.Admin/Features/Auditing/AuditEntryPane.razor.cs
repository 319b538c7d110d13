using System.Globalization;
using BuatFilm.Admin.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>One entry: who, what, why, what it changed, and whether it is still as it was written.</summary>
public sealed partial class AuditEntryPane
{
    /// <summary>The entry's number; from the address, so anything.</summary>
    [Parameter]
    [EditorRequired]
    public required string Key { get; set; }

    [Inject]
    public required IStringLocalizer<AuditPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private AuditQueries Queries { get; set; } = null!;

    private AuditLook Look => new(Texts);

    private AuditFacts Facts => AuditLook.FactsOf(Data!.Data);

    private Word Intact => Data is { IsAsWritten: true, FollowsThePrevious: true }
        ? new Word(Texts["Entry.Whole.Word"], "", Tone.Good, "whole")
        : new Word(Texts["Entry.Changed.Word"], "", Tone.Bad, "changed");

    protected override async Task<AuditRecord?> ReadAsync(CancellationToken cancellationToken) =>
        long.TryParse(Key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await Queries.FindAsync(id, cancellationToken) : null;

    private string LabelOf(string name) => Texts[$"Data.{name}"] is { ResourceNotFound: false } known ? known.Value : ForeignText.Clean(name, 60);
}
