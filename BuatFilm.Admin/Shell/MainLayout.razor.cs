using BuatFilm.Admin.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>What surrounds every page: bar, navigation, banner, announcements.</summary>
public sealed partial class MainLayout : IDisposable
{
    private string _skipHref = "";
    private bool _isSignedIn;

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required PageScript Script { get; init; }

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    public void Dispose() => Navigation.LocationChanged -= OnLocationChanged;

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += OnLocationChanged;
        _skipHref = SkipHref();
    }

    protected override async Task OnParametersSetAsync() => _isSignedIn = Authentication is not null && (await Authentication).User.Identity is { IsAuthenticated: true };

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await Script.MarkLiveAsync();
        }
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) => _ = InvokeAsync(() =>
    {
        _skipHref = SkipHref();
        StateHasChanged();
    });

    /// <summary>With the whole address: a bare <c>#main</c> would lead to the root, because of the base element.</summary>
    private string SkipHref() => Navigation.Uri.Split('#')[0] + "#main";
}
