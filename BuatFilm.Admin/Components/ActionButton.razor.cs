using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Components;

/// <summary>A button that changes something. Who may not press it sees it and is told why; so is everybody while the data is old.</summary>
/// <remarks>It stays reachable while it is off, so that its reason can be read. The rights are checked at every press, on the server.</remarks>
public sealed partial class ActionButton : IDisposable
{
    private readonly string _reasonId = $"reason-{Guid.NewGuid():N}";
    private IDisposable? _subscription;
    private string? _reason;

    /// <summary>For tests and scripts; not shown.</summary>
    [Parameter]
    [EditorRequired]
    public required string Name { get; set; }

    /// <summary>A verb, and how many where that is known: "Coba lagi 128 pesan".</summary>
    [Parameter]
    [EditorRequired]
    public required string Label { get; set; }

    /// <summary>What one needs to press it; null for what everybody on the page may do.</summary>
    [Parameter]
    [EditorRequired]
    public string? Permission { get; set; }

    [Parameter]
    [EditorRequired]
    public EventCallback Pressed { get; set; }

    [Parameter]
    public string? Icon { get; set; }

    [Parameter]
    public string Class { get; set; } = "button button-quiet";

    /// <summary>Why it cannot be pressed now, for reasons of the page; null when it can.</summary>
    [Parameter]
    public string? Because { get; set; }

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required ChangeTicker Ticker { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Texts { get; init; }

    public void Dispose() => _subscription?.Dispose();

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
        {
            _subscription = Ticker.Subscribe(() => InvokeAsync(RefreshAsync));
        }
    }

    protected override async Task OnParametersSetAsync() => _reason = await ReasonAsync();

    private async Task RefreshAsync()
    {
        var reason = await ReasonAsync();
        if (reason != _reason)
        {
            _reason = reason;
            StateHasChanged();
        }
    }

    private async Task<string?> ReasonAsync()
    {
        if (Permission is not null && !(Authentication is not null && (await Authentication).User.May(Permission)))
        {
            return Texts["Action.Denied"];
        }

        return Because ?? (Ticker.Current.IsStale ? Texts["Action.Stale"].Value : null);
    }

    private async Task ClickAsync()
    {
        _reason = await ReasonAsync();
        if (_reason is null)
        {
            await Pressed.InvokeAsync();
        }
    }
}
