using System.Security.Claims;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>The four breakers as they stand on all nodes, what moved them, and an operator's hand on them.</summary>
public sealed partial class BreakersPage
{
    private static readonly ExternalService[] AllServices = Enum.GetValues<ExternalService>();

    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;
    private OverrideDialog _override = null!;
    private ConfirmDialog _confirm = null!;
    private string? _problem;

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<BreakersPageTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private BreakerPastQueries Past { get; set; } = null!;

    [Inject]
    private BreakerTransitionQueries Transitions { get; set; } = null!;

    [Inject]
    private SetOverride SetOverride { get; set; } = null!;

    [Inject]
    private RemoveOverride RemoveOverride { get; set; } = null!;

    protected override Task OnInitializedAsync()
    {
        _filters =
        [
            new ChoiceFilter("service", Texts["Column.Service"], [.. AllServices.Select(service => new Choice(ServiceName.Of(service), Names[$"Service.{service}"]))]),
            new ChoiceFilter("state", Texts["Filter.State"], [.. Enum.GetValues<BreakerState>().Select(state => new Choice(WireName<BreakerState>.Of(state), Names[$"State.{state}"]))]),
            new DateFilter("at", Texts["Filter.Day"]),
        ];
        _words = new ListWords { EmptyTitle = Texts["History.Empty.Title"], EmptyText = Texts["History.Empty.Text"] };

        return base.OnInitializedAsync();
    }

    protected override Task<BreakersPast?> ReadAsync(CancellationToken cancellationToken) => Past.ReadAsync(cancellationToken)!;

    private async Task AskAsync(ExternalService service, BreakerMode mode)
    {
        if (await _override.AskAsync(service, mode) is { } draft)
        {
            await DoAsync(service, user => SetOverride.ExecuteAsync(user, service, draft, CancellationToken.None), $"Done.{mode}");
        }
    }

    private async Task AskReleaseAsync(ExternalService service)
    {
        var name = Names[$"Service.{service}"].Value;
        var question = new ConfirmQuestion(Texts["Release.Title", name], Texts["Release.Text"], Texts["Action.Release"]) { AsksReason = true };
        if (await _confirm.AskAsync(question) is { } answer)
        {
            await DoAsync(service, user => RemoveOverride.ExecuteAsync(user, service, answer.Reason, CancellationToken.None), "Done.Automatic");
        }
    }

    private async Task DoAsync(ExternalService service, Func<ClaimsPrincipal?, Task> act, string doneKey)
    {
        try
        {
            await act(Authentication is null ? null : (await Authentication).User);
            _problem = null;
            Announcements.Say(Texts[doneKey, Names[$"Service.{service}"].Value]);
            await ReloadAsync();
        }
        catch (UnauthorizedAccessException)
        {
            _problem = Names["Action.Denied"];
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Loggers.CreateLogger<BreakersPage>().LogWarning(exception, "The breaker of {Service} could not be overridden.", service);
            _problem = Texts["Problem"];
        }
    }

    private static string KeyOf(BreakerTransitionRow row) => row.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Service(BreakerTransitionRow row) => $"Service.{row.Service}";

    private string NameOf(BreakerTransitionRow row) => $"{Names[Service(row)]}, {Formats.Full(row.At)}";

    private string TitleOf(string key) => Texts["Details"];

    private Word StateOf(BreakerState state) => BreakerWords.Of(state, Names);

    private string CauseOf(string cause) => BreakerWords.CauseOf(cause, Texts);

    /// <summary>How long the outage took that began with the change.</summary>
    private string DurationOf(BreakerTransitionRow row) => row switch
    {
        { EndedAt: { } ended } => Formats.Duration(ended - row.At),
        { BeginsAnOutage: true, Machine: not null } => Texts["Duration.Lasts"],
        { BeginsAnOutage: true } => Texts["Duration.Unknown"],
        _ => "",
    };
}
