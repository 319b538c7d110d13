using System.Collections.Immutable;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>The newest alerts that are not over, on the overview.</summary>
public sealed partial class AlertsTile
{
    private const int Shown = 5;

    private static readonly PagedQuery Unresolved = new(ImmutableSortedDictionary<string, string>.Empty.Add("state", AlertRow.Unresolved), null, null, Shown);

    [Inject]
    public required IStringLocalizer<AlertsPageTexts> Texts { get; init; }

    [Inject]
    public required Words Words { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required SharedReads Reads { get; init; }

    [Inject]
    private AlertQueries Queries { get; set; } = null!;

    [Inject]
    private AlertWords Wording { get; set; } = null!;

    // One read for all who look at the overview.
    protected override async Task<AlertsTileData?> ReadAsync(CancellationToken cancellationToken) =>
        await Reads.GetAsync("alerts-tile", async () =>
        {
            var rows = await Queries.ReadAsync(Unresolved, CancellationToken.None);
            return new AlertsTileData(rows.Items, await Queries.CountAsync(Unresolved, CancellationToken.None));
        }).WaitAsync(cancellationToken);
}

/// <param name="Newest">Newest first.</param>
/// <param name="Count">Of all that are not over, up to <see cref="PagedRows.CountedUpTo"/>.</param>
public sealed record AlertsTileData(IReadOnlyList<AlertRow> Newest, long Count)
{
    public bool Equals(AlertsTileData? other) => other is not null && Count == other.Count && Newest.SequenceEqual(other.Newest);

    public override int GetHashCode() => HashCode.Combine(Count, Newest.Count);
}
