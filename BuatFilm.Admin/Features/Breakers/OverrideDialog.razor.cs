using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Asks an operator why, and for how long, before a breaker is taken out of the calls' hands.</summary>
public sealed partial class OverrideDialog : IDisposable
{
    /// <summary>Minutes; the longest is <see cref="OverrideDraft.Longest"/>.</summary>
    private static readonly int[] Durations = [10, 30, 60, 240, 720, 1440];

    private ElementReference _element;
    private TaskCompletionSource<OverrideDraft?>? _answer;
    private ExternalService _service;
    private BreakerMode? _mode;
    private string _reason = "";
    private string _minutes = "";
    private string? _problem;
    private bool _mustShow;

    [Inject]
    public required IStringLocalizer<BreakersPageTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required PageScript Script { get; init; }

    [Inject]
    public required ChangeTicker Ticker { get; init; }

    /// <summary>Asks, and waits for the answer.</summary>
    /// <returns>Null when the person thought better of it, or left.</returns>
    public Task<OverrideDraft?> AskAsync(ExternalService service, BreakerMode mode)
    {
        _answer?.TrySetResult(null);
        _answer = new TaskCompletionSource<OverrideDraft?>(TaskCreationOptions.RunContinuationsAsynchronously);
        (_service, _mode, _reason, _problem, _mustShow) = (service, mode, "", null, true);
        _minutes = OverrideDraft.Usual.TotalMinutes.ToString(CultureInfo.InvariantCulture);
        StateHasChanged();

        return _answer.Task;
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

    private async Task ConfirmAsync()
    {
        // One line: others read it in lists.
        var reason = ForeignText.Clean(_reason, OverrideDraft.MaxReason - 1).Trim();
        var isDuration = int.TryParse(_minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && Durations.Contains(minutes);
        _problem = Ticker.Current.IsStale ? Names["Action.Stale"]
            : reason.Length < ConfirmQuestion.ShortestReason ? Names["Confirm.Reason.Missing", ConfirmQuestion.ShortestReason]
            : !isDuration ? Texts["Ask.Duration.Wrong"].Value
            : null;
        if (_problem is null)
        {
            await CloseAsync(new OverrideDraft(_mode!.Value, reason, TimeSpan.FromMinutes(minutes)));
        }
    }

    private Task Cancel() => CloseAsync(null);

    private async Task CloseAsync(OverrideDraft? draft)
    {
        await Script.CloseDialogAsync(_element);
        _mode = null;
        _answer?.TrySetResult(draft);
    }
}
