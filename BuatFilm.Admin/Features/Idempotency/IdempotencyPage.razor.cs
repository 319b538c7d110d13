using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core;
using BuatFilm.Core.Idempotency;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>Which requests of shops were made once, which repetitions are answered from memory, and which are in doubt.</summary>
public sealed partial class IdempotencyPage
{
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;

    [Inject]
    public required IStringLocalizer<IdempotencyPageTexts> Texts { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private IdempotencyQueries Queries { get; set; } = null!;

    private IdempotencyLook Look => new(Texts);

    protected override void OnInitialized()
    {
        _filters =
        [
            new TextFilter("q", Texts["Filter.Search"], Texts["Filter.Search.Example"]),
            new ChoiceFilter("state", Texts["Column.State"], [.. Enum.GetValues<IdempotencyState>().Select(state => new Choice(WireName<IdempotencyState>.Of(state), Look.StateOf(state).Everyday))]),
            new DateFilter("at", Texts["Filter.Day"]),
        ];
        _words = new ListWords { EmptyTitle = Texts["Empty.Title"], EmptyText = Texts["Empty.Text"] };
    }

    private string DetailTitleOf(string key) => Texts["Detail.Title"];
}
