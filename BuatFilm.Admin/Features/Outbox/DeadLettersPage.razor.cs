using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Messages that nobody will get unless somebody sends them again: one, a few, or all that match.</summary>
public sealed partial class DeadLettersPage
{
    private readonly Dictionary<string, object> _deskParameters = new(StringComparer.Ordinal);
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;
    private PagedList<DeadLetterLine> _list = null!;
    private DynamicComponent? _desk;

    [Inject]
    public required IStringLocalizer<OutboxPageTexts> Texts { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required IEnumerable<RequeueDeskPart> Parts { get; init; }

    [Inject]
    private DeadLetterQueries Queries { get; set; } = null!;

    [Inject]
    private MessageWords Wording { get; set; } = null!;

    /// <summary>Null in a program that cannot requeue.</summary>
    private RequeueDeskPart? Part => Parts.FirstOrDefault();

    private RequeueDesk? Desk => _desk?.Instance as RequeueDesk;

    protected override void OnInitialized()
    {
        _filters =
        [
            new TextFilter("q", Texts["Filter.Search"], Texts["Dead.Filter.Search.Example"]),
            new ChoiceFilter("channel", Texts["Column.Channel"], Wording.ChannelChoices),
            new ChoiceFilter("cause", Texts["Filter.Cause"], Wording.CauseChoices),
            new ChoiceFilter("kind", Texts["Column.Kind"], Wording.KindChoices),
            new DateFilter("day", Texts["Dead.Filter.Day"]),
        ];
        _words = new ListWords { EmptyTitle = Texts["Dead.Empty.Title"], EmptyText = Texts["Dead.Empty.Text"], NoMatchText = Texts["Dead.NoMatch.Text"] };
        _deskParameters[nameof(RequeueDesk.Changed)] = EventCallback.Factory.Create(this, ChangedAsync);
    }

    private Task AskOneAsync(long id) => Desk?.AskOneAsync(id) ?? Task.CompletedTask;

    // The filters themselves go to the plan, not the rows that happen to be on the screen.
    private Task AskManyAsync(ListSelection selection) => (Desk, selection.Matching) switch
    {
        (null, _) => Task.CompletedTask,
        ({ } desk, { } query) => desk.AskManyAsync(DeadLetterQueries.FilterOf(query)),
        ({ } desk, null) => desk.AskManyAsync([.. selection.Keys.Select(key => long.Parse(key, CultureInfo.InvariantCulture))]),
    };

    private async Task ChangedAsync()
    {
        _list.ClearSelection();
        await _list.RefreshAsync();
    }

    private static string KeyOf(DeadLetterLine row) => row.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Messages to staff belong to no order.</summary>
    private string NameOf(DeadLetterLine row) => row.OrderId ?? Texts["Message.Number", row.Id.ToString(CultureInfo.InvariantCulture)];

    private string TitleOf(string key) => Texts["Message.Number", key];

    private string HowMany(ListSelection selection) => Formats.Count(selection.MatchingCount ?? selection.Keys.Count, PagedRows.CountedUpTo);
}
