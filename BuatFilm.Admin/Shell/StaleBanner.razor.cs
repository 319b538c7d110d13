using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>Says above the page that the database is silent, and since when.</summary>
public sealed partial class StaleBanner : IDisposable
{
    private IDisposable? _subscription;
    private DataState _data = new(0, default, IsStale: false);

    [Inject]
    public required ChangeTicker Ticker { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    public void Dispose() => _subscription?.Dispose();

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
        {
            _subscription = Ticker.Subscribe(() => InvokeAsync(Renew));
        }

        _data = Ticker.Current;
    }

    private void Renew()
    {
        var before = _data;
        _data = Ticker.Current;
        if (before.IsStale != _data.IsStale)
        {
            if (!_data.IsStale)
            {
                Announcements.Say(Texts["Stale.Over"]);
            }

            StateHasChanged();
        }
    }
}
