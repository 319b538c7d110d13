using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Jobs;

/// <summary>What the program does by itself and when, how it went, and starting it now.</summary>
public sealed partial class RecurringJobsPage
{
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;
    private PagedList<RecurringJobRow> _list = null!;

    [Inject]
    public required IStringLocalizer<RecurringJobsPageTexts> Texts { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private RecurringJobQueries Queries { get; set; } = null!;

    private JobLook Look => new(Texts, Formats);

    protected override void OnInitialized()
    {
        _filters = [new ChoiceFilter("state", Texts["Filter.State"], [new Choice("failing", Texts["Filter.Failing"])])];
        _words = new ListWords { NoMatchTitle = Texts["NoMatch.Title"], NoMatchText = Texts["NoMatch.Text"] };
    }

    private static string? ClassOf(RecurringJobRow row) => row.LastRun == RunState.Failed ? "row-urgent" : null;
}
