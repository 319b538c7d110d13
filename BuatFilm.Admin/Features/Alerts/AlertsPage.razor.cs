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
        if (await _dialog.AskAsync(1) is { } answer)
        {
            await AcknowledgeAsync([id], answer.Note);
        }
    }

    private async Task AskManyAsync(ListSelection selection)
    {
        if (await _dialog.AskAsync(selection.MatchingCount ?? selection.Keys.Count) is not { } answer)
        {
            return;
        }

        IReadOnlyCollection<long> ids = selection.Matching is { } query
            ? await Queries.WaitingAsync(query, AcknowledgeAlerts.MaxAtOnce, CancellationToken.None)
            : [.. selection.Keys.Select(key => long.Parse(key, CultureInfo.InvariantCulture))];
        if (await AcknowledgeAsync(ids, answer.Note))
        {
            _list.ClearSelection();
        }
    }

    private async Task<bool> AcknowledgeAsync(IReadOnlyCollection<long> ids, string? note)
    {
        try
        {
            var user = Authentication is null ? null : (await Authentication).User;
            var done = await Acknowledge.ExecuteAsync(user, ids, note, CancellationToken.None);
            _problem = done is null ? Texts["Problem.Denied"].Value : null;
            if (done is { } count)
            {
                Announcements.Say(Texts["Acknowledge.Done", Formats.Number(count)]);
                await _list.RefreshAsync();
            }

            return done is not null;
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "{Count} alerts could not be acknowledged.", ids.Count);
            _problem = Texts["Problem"];
            return false;
        }
        finally
        {
            StateHasChanged();
        }
    }

    private static string KeyOf(AlertRow row) => row.Id.ToString(CultureInfo.InvariantCulture);

    private static string? ClassOf(AlertRow row) => row.State == AlertRow.Open && row.Severity == AlertSeverity.Critical ? "row-urgent" : null;

    private string TitleOf(AlertRow row) => AlertLook.In(Wording, row.ToFacts()).Title;

    private string DetailTitleOf(string key) => Texts["Details"];

    private Word StateOf(AlertRow row) => AlertLook.StateOf(row.State, Texts);

    private string HowMany(ListSelection selection) => Formats.Count(selection.MatchingCount ?? selection.Keys.Count, PagedRows.CountedUpTo);
}
