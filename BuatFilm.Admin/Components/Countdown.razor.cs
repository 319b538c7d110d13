using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Components;

/// <summary>The time left until a trial call may go, second by second; then that the next call will be the trial.</summary>
public sealed partial class Countdown : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private ITimer? _timer;
    private TimeSpan _left;

    [Parameter]
    [EditorRequired]
    public DateTimeOffset Until { get; set; }

    /// <summary>What is said when the time is over; null for the words of a trial call.</summary>
    [Parameter]
    public string? Ready { get; set; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Texts { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required TimeProvider Time { get; init; }

    public void Dispose() => _timer?.Dispose();

    protected override void OnParametersSet()
    {
        _left = Left();
        if (_left > TimeSpan.Zero && _timer is null && RendererInfo.IsInteractive)
        {
            _timer = Time.CreateTimer(_ => _ = InvokeAsync(Advance), null, Tick, Tick);
        }
    }

    private void Advance()
    {
        _left = Left();
        if (_left == TimeSpan.Zero)
        {
            _timer?.Dispose();
            _timer = null;
        }

        StateHasChanged();
    }

    /// <summary>Rounded up, so that "1 s" is shown until the second is over.</summary>
    private TimeSpan Left()
    {
        var left = Until - Time.GetUtcNow();
        return left <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds));
    }
}
