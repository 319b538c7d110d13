using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>Since when what the page shows is known to be so. It stands still when the database does, and when the connection is lost.</summary>
public sealed partial class DataStamp
{
    private IDisposable? _subscription;
    private DataState _data = new(0, default, IsStale: false);

    [Inject]
    public required ChangeTicker Ticker { get; init; }

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        if (RendererInfo.IsInteractive)
        {
            _subscription = Ticker.Subscribe(() => InvokeAsync(Renew));
        }

        _data = Ticker.Current;
    }

    // The board's news comes every few seconds even when nobody writes, and so lets the clock go on.
    protected override void OnStatusChanged(StatusSnapshot previous) => _data = Ticker.Current;

    protected override void Dispose(bool disposing)
    {
        _subscription?.Dispose();
        base.Dispose(disposing);
    }

    private void Renew()
    {
        _data = Ticker.Current;
        StateHasChanged();
    }
}
