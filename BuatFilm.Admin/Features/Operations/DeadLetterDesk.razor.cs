using System.Security.Claims;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Operations;
using BuatFilm.Core.Outbox;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Sends dead letters again from the page that lists them.</summary>
public sealed partial class DeadLetterDesk
{
    private ConfirmDialog _confirm = null!;
    private RequeueDialog _dialog = null!;
    private OperationsUnderWay _underWay = null!;
    private string? _problem;
    private Guid? _done;

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<OperationsPageTexts> Texts { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required ILogger<DeadLetterDesk> Logger { get; init; }

    [Inject]
    private OperationRights Rights { get; set; } = null!;

    [Inject]
    private OperationPageQueries Queries { get; set; } = null!;

    [Inject]
    private RequeueMessage Requeue { get; set; } = null!;

    [Inject]
    private PlanRequeue Plan { get; set; } = null!;

    [Inject]
    private StartOperation Start { get; set; } = null!;

    [Inject]
    private CancelOperation Cancel { get; set; } = null!;

    public override Task AskOneAsync(long messageId) => TryAsync(async user =>
    {
        if (!Rights.Has(user, $"message:{messageId}", Permissions.DeadLettersRequeue))
        {
            return Texts["Problem.Denied"];
        }

        var harms = await Queries.HarmsOfAsync(messageId, CancellationToken.None);
        var answer = await _confirm.AskAsync(new ConfirmQuestion(Texts["One.Title"], Texts["One.Text"], Texts["One.Verb"])
        {
            Facts = [.. harms.Select(harm => Texts[$"One.Harm.{WireName<RequeueHarm>.Of(harm)}"].Value)],
            IsDangerous = harms.Count > 0,
        });

        if (answer is null)
        {
            return null;
        }

        // The question may have stood for hours.
        var outcome = await Requeue.ExecuteAsync(await UserAsync(), messageId, answer.Reason, CancellationToken.None);
        _done = outcome?.OperationId;
        await Changed.InvokeAsync();
        return outcome switch
        {
            null => Texts["Problem.NoMessage"].Value,
            { OperationId: null } => Texts[$"Problem.Standing.{outcome.Standing}"].Value,
            _ => null,
        };
    });

    public override Task AskManyAsync(DeadLetterFilter filter) => AskManyAsync(new RequeuePlan(filter, null, [], null));

    public override Task AskManyAsync(IReadOnlyList<long> messageIds) => AskManyAsync(new RequeuePlan(null, messageIds, [], null));

    private Task AskManyAsync(RequeuePlan plan) => TryAsync(async user =>
    {
        if (!Rights.Has(user, null, Permissions.DeadLettersRequeue, Permissions.OperationsStart))
        {
            return Texts["Problem.Denied"];
        }

        if (plan.Ids is { Count: > RequeuePlan.MaxIds })
        {
            return Texts["Problem.TooMany", Formats.Number(RequeuePlan.MaxIds)];
        }

        await _dialog.ShowBusyAsync();
        PlannedOperation? planned;
        try
        {
            planned = await Plan.ExecuteAsync(user, plan, CancellationToken.None);
        }
        catch
        {
            await _dialog.CloseAsync();
            throw;
        }

        if (planned is null)
        {
            await _dialog.CloseAsync();
            return Texts["Problem.TooMany", Formats.Number(RequeuePlan.MaxItems)];
        }

        if (await _dialog.AskAsync(PlanCounts.Read(planned.Counts)) is not { } answer)
        {
            // What a colleague has started meanwhile goes on.
            await Cancel.ExecuteAsync(user, planned.Id, Texts["Plan.Dropped"], CancellationToken.None, isOnlyPlan: true);
            return null;
        }

        var outcome = await Start.ExecuteAsync(await UserAsync(), planned.Id, new OperationStart(answer.Reason, null, answer.Exclude), CancellationToken.None);
        if (outcome.Result == StartResult.Started)
        {
            Announcements.Say(Texts["Desk.Started", Formats.Number(answer.Leaving)]);
            await _underWay.RefreshAsync();
            await Changed.InvokeAsync();
            return null;
        }

        return Texts[$"Problem.Start.{outcome.Result}"];
    });

    private Task UndoAsync(Guid operation) => TryAsync(async user =>
    {
        var outcome = await Cancel.ExecuteAsync(user, operation, null, CancellationToken.None);
        await _underWay.RefreshAsync();
        await Changed.InvokeAsync();
        if (outcome is not { IsCancelled: true })
        {
            return Texts["Problem.Over"];
        }

        Announcements.Say(outcome.Done + outcome.Skipped == 0 ? Texts["Desk.Undone"] : Texts["Desk.Stopped", Formats.Number(outcome.Done)]);
        return null;
    });

    private async Task<ClaimsPrincipal?> UserAsync() => Authentication is null ? null : (await Authentication).User;

    /// <param name="action">Says what went wrong; null when nothing did.</param>
    private async Task TryAsync(Func<ClaimsPrincipal?, Task<string?>> action)
    {
        (_problem, _done) = (null, null);
        try
        {
            _problem = await action(await UserAsync());
        }
        catch (UnauthorizedAccessException)
        {
            _problem = Texts["Problem.Denied"];
        }
#pragma warning disable CA1031 // The page says that it was not done; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "Dead letters could not be requeued from a page.");
            _problem = Texts["Problem"];
        }

        StateHasChanged();
    }
}
