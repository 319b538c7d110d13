using System.Security.Claims;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core;
using BuatFilm.Core.Operations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>One piece of bulk work: its fixed set, how far it is, and in the end its receipt line by line. Start, undo and stop are here too.</summary>
public sealed partial class OperationPage
{
    /// <summary>Why items are skipped, besides the harms.</summary>
    private static readonly string[] OtherReasons = ["not_dead", "changed"];

    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;
    private ConfirmDialog _confirm = null!;
    private RequeueDialog _requeue = null!;
    private string? _problem;

    /// <summary>From the address, so anything.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<OperationsPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    private OperationPageQueries Queries { get; set; } = null!;

    [Inject]
    private StartOperation Start { get; set; } = null!;

    [Inject]
    private CancelOperation Cancel { get; set; } = null!;

    private string Title => Data is { Operation: var operation } ? Texts["Running.What", Formats.Number(operation.Total)] : Texts["One.Title.Unknown"];

    private IReadOnlyList<(string Title, string Href)> Parents => [(Texts["List.Title"], "/operations")];

    protected override async Task OnInitializedAsync()
    {
        _filters =
        [
            new ChoiceFilter("state", Texts["Item.State"], [.. Enum.GetValues<OperationItemState>().Select(state => new Choice(WireName<OperationItemState>.Of(state), Names.Of(state).Everyday))]),
            new ChoiceFilter("reason", Texts["Item.Reason"], [.. WireName<RequeueHarm>.All.Concat(OtherReasons).Select(reason => new Choice(reason, Texts[$"Reason.{reason}"]))]),
        ];
        _words = new ListWords { EmptyTitle = Texts["Items.Empty.Title"], EmptyText = Texts["Items.Empty.Text"] };
        await base.OnInitializedAsync();
    }

    protected override async Task<OperationFacts?> ReadAsync(CancellationToken cancellationToken) =>
        Guid.TryParse(Id, out var id) && await Queries.FindAsync(id, cancellationToken) is { } operation
            ? new OperationFacts(operation, await Queries.DeliveriesAsync(operation, cancellationToken))
            : null;

    private Task<PagedRows<ItemRow>> ReadItemsAsync(PagedQuery query, CancellationToken cancellationToken) => Queries.ItemsAsync(Data!.Operation.Id, query, cancellationToken);

    private string PaceOf(OperationView operation) => operation.State switch
    {
        OperationState.Planned => Texts["Pace.Planned"],
        OperationState.Finished => Texts["Pace.Finished", Formats.Full(operation.FinishedAt!.Value)],
        OperationState.Cancelled => Texts["Pace.Cancelled", Formats.Number(operation.Left)],
        OperationState.Running when operation.CanBeUndone(Time.GetUtcNow()) => Texts["Running.Begins"],
        OperationState.Running => operation.Remaining(Time.GetUtcNow()) is { } left
            ? Texts["Pace.Running", Formats.Number((long)Math.Round(operation.Rate(Time.GetUtcNow())!.Value)), Formats.Duration(left)]
            : Texts["Pace.Starting"],
    };

    private static string HrefOf(ItemRow row) => FormattableString.Invariant($"/outbox?item={row.MessageId}");

    private string NameOf(ItemRow row) => row.OrderId ?? Texts["Message.Number", row.MessageId.ToString(System.Globalization.CultureInfo.InvariantCulture)];

    private string? ReasonOf(ItemRow row) => row.Reason is { } reason ? Texts[$"Reason.{reason}"].Value : null;

    private RenderFragment StandingOf(ItemRow row) => row.Standing is { } standing ? Cells.Chip(Names.OfMessage(standing)) : Cells.Text(null);

    private async Task AskStartAsync()
    {
        // The same question as where it was planned: what would be harmful is shown and left out, and many must be typed.
        var operation = Data!.Operation;
        await _requeue.ShowBusyAsync();
        if (await _requeue.AskAsync(PlanCounts.Read(System.Text.Json.JsonElement.Parse(operation.Counts))) is not { } answer)
        {
            return;
        }

        await TryAsync(async user =>
        {
            var outcome = await Start.ExecuteAsync(user, operation.Id, new OperationStart(answer.Reason, null, answer.Exclude), CancellationToken.None);
            return outcome.Result == StartResult.Started ? null : Texts[$"Problem.Start.{outcome.Result}"].Value;
        });
    }

    private async Task AskStopAsync()
    {
        var operation = Data!.Operation;
        var answer = await _confirm.AskAsync(new ConfirmQuestion(Texts["Stop.Title"], Texts["Stop.Text", Formats.Number(operation.Left)], Texts["Running.Stop"]) { AsksReason = true, IsDangerous = true });
        if (answer is not null)
        {
            await CancelAsync(answer.Reason);
        }
    }

    private Task DropAsync() => CancelAsync(null, isOnlyPlan: true);

    private Task CancelNowAsync() => CancelAsync(null);

    private Task CancelAsync(string? reason, bool isOnlyPlan = false) => TryAsync(async user =>
    {
        var id = Data!.Operation.Id;
        var outcome = await Cancel.ExecuteAsync(user, id, reason, CancellationToken.None, isOnlyPlan);
        if (outcome is not { IsCancelled: true })
        {
            return Texts["Problem.Over"];
        }

        Announcements.Say(outcome.Done + outcome.Skipped == 0 ? Texts["Desk.Undone"] : Texts["Desk.Stopped", Formats.Number(outcome.Done)]);
        return null;
    });

    /// <param name="action">Says what went wrong; null when nothing did.</param>
    private async Task TryAsync(Func<ClaimsPrincipal?, Task<string?>> action)
    {
        try
        {
            _problem = await action(Authentication is null ? null : (await Authentication).User);
            await ReloadAsync();
        }
        catch (UnauthorizedAccessException)
        {
            _problem = Texts["Problem.Denied"];
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Loggers.CreateLogger<OperationPage>().LogWarning(exception, "Operation {Id} could not be changed from its page.", Id);
            _problem = Texts["Problem"];
        }

        StateHasChanged();
    }
}

/// <summary>An operation, and where its messages are now.</summary>
/// <param name="Deliveries">Null when there are none yet, or too many to count while somebody waits.</param>
public sealed record OperationFacts(OperationView Operation, Deliveries? Deliveries);
