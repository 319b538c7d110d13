using BuatFilm.Admin.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>One key: what its request came to, and what a repetition is answered.</summary>
public sealed partial class IdempotencyPane
{
    /// <summary>The row's id; from the address, so anything.</summary>
    [Parameter]
    [EditorRequired]
    public required string Key { get; set; }

    [Inject]
    public required IStringLocalizer<IdempotencyPageTexts> Texts { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private IdempotencyQueries Queries { get; set; } = null!;

    private IdempotencyLook Look => new(Texts);

    protected override Task<IdempotencyRow?> ReadAsync(CancellationToken cancellationToken) => Queries.FindAsync(Key, cancellationToken);
}
