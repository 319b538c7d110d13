using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Asks before alerts are taken on, and takes a note for those who come later.</summary>
public sealed partial class AcknowledgeDialog : IDisposable
{
    private ElementReference _element;
    private TaskCompletionSource<AcknowledgeAnswer?>? _answer;
    private AcknowledgeQuestion? _question;
    private string _note = "";
    private string? _problem;
    private bool _mustShow;

    [Inject]
    public required IStringLocalizer<AlertsPageTexts> Texts { get; init; }

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
    public Task<AcknowledgeAnswer?> AskAsync(AcknowledgeQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);

        _answer?.TrySetResult(null);
        _answer = new TaskCompletionSource<AcknowledgeAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
        (_question, _note, _problem, _mustShow) = (question, "", null, true);
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
        _problem = Ticker.Current.IsStale ? Names["Action.Stale"].Value : null;
        if (_problem is null)
        {
            var note = ForeignText.Clean(_note, AcknowledgeAlert.MaxNote - 1).Trim();
            await CloseAsync(new AcknowledgeAnswer(note.Length == 0 ? null : note));
        }
    }

    private Task Cancel() => CloseAsync(null);

    private async Task CloseAsync(AcknowledgeAnswer? answer)
    {
        await Script.CloseDialogAsync(_element);
        _question = null;
        _answer?.TrySetResult(answer);
    }
}

/// <summary>Which alerts are to be taken on: a fixed set, so that what is done is what the number said.</summary>
/// <param name="Others">How many of those selected are somebody's already, or over.</param>
/// <param name="IsCut">True when more were selected than one click takes on.</param>
public sealed record AcknowledgeQuestion(IReadOnlyList<long> Ids, long Others, bool IsCut);

/// <summary>The answer of somebody who takes alerts on.</summary>
/// <param name="Note">One line; null for none.</param>
public sealed record AcknowledgeAnswer(string? Note);
