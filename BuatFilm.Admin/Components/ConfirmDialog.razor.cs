using BuatFilm.Admin.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Components;

/// <summary>Asks before something is done: what, to how many, with what consequence, and why.</summary>
public sealed partial class ConfirmDialog : IDisposable
{
    private readonly string _id = $"confirm-{Guid.NewGuid():N}";
    private ElementReference _element;
    private ConfirmQuestion? _question;
    private TaskCompletionSource<ConfirmAnswer?>? _answer;
    private string _reason = "";
    private string _number = "";
    private string? _problem;
    private bool _mustShow;

    [Inject]
    public required IStringLocalizer<ComponentTexts> Texts { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required PageScript Script { get; init; }

    [Inject]
    public required ChangeTicker Ticker { get; init; }

    private string TitleId => $"{_id}-title";

    private string TextId => $"{_id}-text";

    private string ReasonId => $"{_id}-reason";

    private string NumberId => $"{_id}-number";

    private string ProblemId => $"{_id}-problem";

    /// <summary>Asks, and waits for the answer.</summary>
    /// <returns>Null when the person thought better of it, or left.</returns>
    public Task<ConfirmAnswer?> AskAsync(ConfirmQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);

        _answer?.TrySetResult(null);
        _answer = new TaskCompletionSource<ConfirmAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
        (_question, _reason, _number, _problem, _mustShow) = (question, "", "", null, true);
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
        _problem = ProblemOf(_question!);
        if (_problem is null)
        {
            await CloseAsync(new ConfirmAnswer(_reason.Trim() is { Length: > 0 } reason ? reason : null));
        }
    }

    private string? ProblemOf(ConfirmQuestion question)
    {
        if (Ticker.Current.IsStale)
        {
            return Texts["Action.Stale"];
        }

        if (question.AsksReason && _reason.Trim().Length < ConfirmQuestion.ShortestReason)
        {
            return Texts["Confirm.Reason.Missing", ConfirmQuestion.ShortestReason];
        }

        // Whether somebody types the points between the thousands says nothing about what they meant.
        return question.TypedNumber is { } number && string.Concat(_number.Where(char.IsAsciiDigit)) != number.ToString(System.Globalization.CultureInfo.InvariantCulture)
            ? Texts["Confirm.Number.Wrong"].Value
            : null;
    }

    private Task Cancel() => CloseAsync(null);

    private async Task CloseAsync(ConfirmAnswer? answer)
    {
        await Script.CloseDialogAsync(_element);
        _question = null;
        _answer?.TrySetResult(answer);
    }
}

/// <summary>What somebody is asked before something is done.</summary>
/// <param name="Title">The question, with the exact number: "Coba lagi 128 pesan?".</param>
/// <param name="Text">What follows from it.</param>
/// <param name="Verb">What the button says; the verb of the title, with its number.</param>
public sealed record ConfirmQuestion(string Title, string Text, string Verb)
{
    public const int LongestReason = 500;

    public const int ShortestReason = 5;

    /// <summary>Whom and how much it concerns, one a line.</summary>
    public IReadOnlyList<string> Facts { get; init; } = [];

    /// <summary>True when the person must say why; it is written into the audit log.</summary>
    public bool AsksReason { get; init; }

    /// <summary>A number that must be typed, for what cannot be undone and concerns many; null for none.</summary>
    public long? TypedNumber { get; init; }

    /// <summary>True for what cannot be undone.</summary>
    public bool IsDangerous { get; init; }
}

/// <summary>The answer of somebody who wants it done.</summary>
/// <param name="Reason">Trimmed; null when none was given.</param>
public sealed record ConfirmAnswer(string? Reason);
