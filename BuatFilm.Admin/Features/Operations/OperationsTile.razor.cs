using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Operations;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>The bulk work under way, on the overview.</summary>
public sealed partial class OperationsTile
{
    private const int Shown = 5;

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required IStringLocalizer<OperationsTileTexts> Texts { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required SharedReads Reads { get; init; }

    [Inject]
    private OperationQueries Queries { get; set; } = null!;

    // One read for all who look at the overview.
    protected override async Task<RunningOperations?> ReadAsync(CancellationToken cancellationToken) =>
        await Reads.GetAsync("operations-tile", async () =>
        {
            var running = await Queries.ListAsync(OperationState.Running, null, Shown, CancellationToken.None);
            return new RunningOperations([.. running.Select(operation =>
                new RunningOperation(operation.Id, operation.Action, operation.Actor, operation.StartedAt, operation.Total, operation.Done, operation.Skipped))]);
        }).WaitAsync(cancellationToken);
}

/// <param name="Items">Newest first.</param>
public sealed record RunningOperations(IReadOnlyList<RunningOperation> Items)
{
    public bool Equals(RunningOperations? other) => other is not null && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => Items.Count;
}

public sealed record RunningOperation(Guid Id, string Action, string Actor, DateTimeOffset? StartedAt, int Total, int Done, int Skipped);
