using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Operations;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Shows what a plan has frozen, in exact numbers, and asks what of it is to be left out, and why it is done.</summary>
public sealed partial class RequeueDialog : IDisposable
{
    /// <summary>From here on the number itself must be typed.</summary>
    private const int ManyAre = 1_000;

    private readonly HashSet<RequeueHarm> _excluded = [];
    private ElementReference _element;
    private TaskCompletionSource<PlanApproval?>? _answer;
    private PlanCounts? _plan;
    private string _reason = "";
    private string _number = "";
    private string? _problem;
    private bool _isBusy;
    private bool _mustShow;

    [Inject]
    public required IStringLocalizer<OperationsPageTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Shared { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required PageScript Script { get; init; }

    [Inject]
    public required ChangeTicker Ticker { get; init; }

    [Inject]
    private IOptions<OperationsOptions> Options { get; set; } = null!;

    private bool MustType => _plan!.Without(_excluded) >= ManyAre;

    /// <summary>Says that it is being counted: a million dead letters take their time.</summary>
    public async Task ShowBusyAsync()
    {
        (_isBusy, _mustShow) = (true, true);
        StateHasChanged();
        await Task.Yield(); // It is drawn before the counting begins.
    }

    /// <summary>Asks, and waits for the answer.</summary>
    /// <returns>Null when the person thought better of it, or left.</returns>
    internal Task<PlanApproval?> AskAsync(PlanCounts plan)
    {
        _answer?.TrySetResult(null);
        _answer = new TaskCompletionSource<PlanApproval?>(TaskCreationOptions.RunContinuationsAsynchronously);
        (_plan, _reason, _number, _problem, _isBusy) = (plan, "", "", null, false);

        // What would be harmful is left out until somebody says otherwise.
        _excluded.Clear();
        _excluded.UnionWith(HarmsOf(plan));
        StateHasChanged();
        return _answer.Task;
    }

    public async Task CloseAsync()
    {
        await Script.CloseDialogAsync(_element);
        (_plan, _isBusy) = (null, false);
        StateHasChanged();
    }

    public void Dispose() => _answer?.TrySetResult(null);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_mustShow)
        {
            _mustShow = false;
            await Script.ShowDialogAsync(_element);
        }
    }

    private static List<RequeueHarm> HarmsOf(PlanCounts plan) => [.. Enum.GetValues<RequeueHarm>().Where(harm => plan.With(harm) > 0)];

    private void Toggle(RequeueHarm harm)
    {
        if (!_excluded.Remove(harm))
        {
            _excluded.Add(harm);
        }
    }

    private async Task ConfirmAsync()
    {
        _problem = ProblemOf(_plan!);
        if (_problem is null)
        {
            var answer = new PlanApproval(_reason.Trim(), [.. _excluded.Order()], _plan!.Without(_excluded));
            await CloseAsync();
            _answer?.TrySetResult(answer);
        }
    }

    private string? ProblemOf(PlanCounts plan)
    {
        if (Ticker.Current.IsStale)
        {
            return Shared["Action.Stale"];
        }

        if (plan.Without(_excluded) == 0)
        {
            return Texts["Plan.Nothing"];
        }

        if (_reason.Trim().Length < ConfirmQuestion.ShortestReason)
        {
            return Shared["Confirm.Reason.Missing", ConfirmQuestion.ShortestReason];
        }

        // Whether somebody types the points between the thousands says nothing about what they meant.
        return MustType && string.Concat(_number.Where(char.IsAsciiDigit)) != plan.Without(_excluded).ToString(System.Globalization.CultureInfo.InvariantCulture)
            ? Shared["Confirm.Number.Wrong"].Value
            : null;
    }

    private async Task CancelAsync()
    {
        if (!_isBusy)
        {
            await CloseAsync();
            _answer?.TrySetResult(null);
        }
    }
}

/// <summary>The answer of somebody who wants it done.</summary>
/// <param name="Leaving">How many are left to be requeued, as of the plan.</param>
internal sealed record PlanApproval(string Reason, IReadOnlyList<RequeueHarm> Exclude, int Leaving);
