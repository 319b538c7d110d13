using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>Who did what to what, and whether the log is still as it was written.</summary>
public sealed partial class AuditPage : IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;
    private PagedList<AuditRow> _list = null!;
    private string? _problem;
    private bool _isChecking;

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<AuditPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    public required ILogger<AuditPage> Logger { get; init; }

    [Inject]
    private AuditQueries Queries { get; set; } = null!;

    [Inject]
    private CheckAuditChain Check { get; set; } = null!;

    private AuditLook Look => new(Texts);

    private string ChainState => Check.Last is { } last ? last.Found.BrokenId is null ? "whole" : "broken" : "unknown";

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    protected override void OnInitialized()
    {
        // What nobody may do to data is never done, and so never found.
        var actions = Permissions.All.Concat(AuditLook.SystemActions).Where(action => !Texts[$"Action.{action}"].ResourceNotFound);
        _filters =
        [
            new TextFilter("actor", Texts["Column.Actor"], Texts["Filter.Actor.Example"]),
            new ChoiceFilter("action", Texts["Column.Action"], [.. actions.Select(action => new Choice(action, Look.ActionOf(action))).OrderBy(choice => choice.Label, StringComparer.Ordinal)]),
            new TextFilter("target", Texts["Column.Target"], Texts["Filter.Target.Example"]),
            new ChoiceFilter("outcome", Texts["Column.Outcome"], [.. Enum.GetValues<AuditOutcome>().Select(outcome => new Choice(WireName<AuditOutcome>.Of(outcome), Names.Of(outcome).Everyday))]),
            new DateFilter("at", Texts["Filter.Day"]),
        ];
        _words = new ListWords { EmptyTitle = Texts["Empty.Title"], EmptyText = Texts["Empty.Text"] };
    }

    private async Task CheckAsync()
    {
        if (_isChecking)
        {
            return;
        }

        (_isChecking, _problem) = (true, null);
        StateHasChanged();
        try
        {
            var user = Authentication is null ? null : (await Authentication).User;
            var found = await Check.ExecuteAsync(user, _left.Token);
            _problem = found is null ? Texts["Problem.Denied"].Value : null;
            if (found is not null)
            {
                Announcements.Say(found.BrokenId is { } broken ? Texts["Chain.Broken", Formats.Number(broken)] : Texts["Chain.Whole", Formats.Number(found.Count)]);
                await _list.RefreshAsync();
            }
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            return; // Nobody looks any more.
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "The audit log could not be looked through.");
            _problem = Texts["Problem"];
        }
        finally
        {
            _isChecking = false;
        }

        StateHasChanged();
    }

    private static string KeyOf(AuditRow row) => row.Id.ToString(CultureInfo.InvariantCulture);

    private string NameOf(AuditRow row) => $"{Look.ActionOf(row.Action)}, {Names.OfActor(row.Actor)}";

    private string DetailTitleOf(string key) => Texts["Detail.Title"];
}
