using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>What should be looked at, whether people were told, and who has taken it on.</summary>
public sealed partial class AlertsPage
{
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;
    private PagedList<AlertRow> _list = null!;
    private AcknowledgeDialog _dialog = null!;
    private string? _problem;
    private string? _answer;

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<AlertsPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required ILogger<AlertsPage> Logger { get; init; }

    [Inject]
    private AlertQueries Queries { get; set; } = null!;

    [Inject]
    private AlertWords Wording { get; set; } = null!;

    [Inject]
    private AcknowledgeAlerts Acknowledge { get; set; } = null!;

    protected override void OnInitialized()
    {
        string[] states = [AlertRow.Open, AlertRow.Acknowledged, AlertRow.Resolved, AlertRow.Unresolved];
        _filters =
        [
            new ChoiceFilter("state", Texts["Column.State"], [.. states.Select(state => new Choice(state, Texts[$"State.{state}"]))]),
            new ChoiceFilter("severity", Texts["Column.Severity"], [.. Enum.GetValues<AlertSeverity>().Reverse().Select(severity => new Choice(WireName<AlertSeverity>.Of(severity), Names.Of(severity).Everyday))]),
            new ChoiceFilter("kind", Texts["Filter.Kind"], [.. AlertForm.All.Keys.Select(kind => new Choice(kind, Texts[$"Kind.{kind}"])).OrderBy(choice => choice.Label, StringComparer.Ordinal)]),
            new DateFilter("at", Texts["Filter.Day"]),
        ];
        _words = new ListWords { EmptyTitle = Texts["Empty.Title"], EmptyText = Texts["Empty.Text"] };
    }

    private async Task AskOneAsync(long id)
    {
        var one = new ListSelection();
        one.Set([id.ToString(CultureInfo.InvariantCulture)], isSelected: true);
        await AskAsync(one);
    }

    private async Task AskManyAsync(ListSelection selection)
    {
        if (await AskAsync(selection))
        {
            _list.ClearSelection();
        }
    }

    /// <summary>Asks with the number of those that wait at this moment, and takes on these and no others.</summary>
    /// <returns>True when it is settled; false when the person thought better of it, or it could not be done.</returns>
    private async Task<bool> AskAsync(ListSelection selection)
    {
        var isSettled = false;
        (_problem, _answer) = (null, null);
        try
        {
            var question = await QuestionAsync(selection);
            if (question.Ids.Count == 0)
            {
                Say(Texts["Acknowledge.None"]);
                isSettled = true;
            }
            else if (await _dialog.AskAsync(question) is { } answer)
            {
                isSettled = await AcknowledgeAsync(question.Ids, answer.Note);
            }
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "Alerts could not be acknowledged.");
            _problem = Texts["Problem"];
        }

        StateHasChanged();
        if (isSettled)
        {
            await _list.RefreshAsync();
        }

        return isSettled;
    }

    private async Task<AcknowledgeQuestion> QuestionAsync(ListSelection selection)
    {
        var ids = await Queries.WaitingAsync(selection, AcknowledgeAlerts.MaxAtOnce + 1, CancellationToken.None);
        var isCut = ids.Count > AcknowledgeAlerts.MaxAtOnce;
        var selected = selection.Matching is null ? selection.Keys.Count : selection.MatchingCount is { } count && count < PagedRows.CountedUpTo ? count : 0;
        return new AcknowledgeQuestion([.. ids.Take(AcknowledgeAlerts.MaxAtOnce)], Math.Max(0, selected - ids.Count), isCut);
    }

    private async Task<bool> AcknowledgeAsync(IReadOnlyList<long> ids, string? note)
    {
        var user = Authentication is null ? null : (await Authentication).User;
        if (await Acknowledge.ExecuteAsync(user, ids, note, CancellationToken.None) is not { } taken)
        {
            _problem = Texts["Problem.Denied"];
            return false;
        }

        var done = Texts["Acknowledge.Done", Formats.Number(taken)].Value;
        Say(taken == ids.Count ? done : $"{done} {Texts["Acknowledge.Left", Formats.Number(ids.Count - taken)].Value}");
        return true;
    }

    private void Say(string answer)
    {
        _answer = answer;
        Announcements.Say(answer);
    }

    private static string KeyOf(AlertRow row) => row.Id.ToString(CultureInfo.InvariantCulture);

    private static string? ClassOf(AlertRow row) => row.State == AlertRow.Open && row.Severity == AlertSeverity.Critical ? "row-urgent" : null;

    private string TitleOf(AlertRow row) => AlertLook.In(Wording, row.ToFacts()).Title;

    private string DetailTitleOf(string key) => Texts["Details"];

    private Word StateOf(AlertRow row) => AlertLook.StateOf(row.State, Texts);
}
