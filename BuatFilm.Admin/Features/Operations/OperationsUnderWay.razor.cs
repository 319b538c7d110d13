using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Bulk work that is under way or has just ended, whoever started it: everybody sees it, and who may can undo or stop it.</summary>
public sealed partial class OperationsUnderWay
{
    private const string ReadName = "operations-current";

    [Parameter]
    [EditorRequired]
    public EventCallback<Guid> UndoAsked { get; set; }

    [Inject]
    public required IStringLocalizer<OperationsPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required SharedReads Reads { get; init; }

    [Inject]
    private OperationPageQueries Queries { get; set; } = null!;

    /// <summary>Reads again now, after an action of one's own.</summary>
    public Task RefreshAsync()
    {
        Reads.Forget(ReadName);
        return ReloadAsync();
    }

    protected override async Task<CurrentWork?> ReadAsync(CancellationToken cancellationToken) =>
        new(await Reads.GetAsync(ReadName, () => Queries.CurrentAsync(CancellationToken.None)).WaitAsync(cancellationToken));
}

/// <summary>Compared by value.</summary>
public sealed record CurrentWork(IReadOnlyList<OperationView> Operations)
{
    public bool Equals(CurrentWork? other) => other is not null && Operations.SequenceEqual(other.Operations);

    public override int GetHashCode() => Operations.Count;
}
