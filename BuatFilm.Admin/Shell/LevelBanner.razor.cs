using BuatFilm.Admin.Components;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Degradation;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>Above every page while the level is not normal: why, since when, and what is affected. Not where the page itself says so.</summary>
/// <remarks>The announcer says a change of the level to those who listen; this is what they find when they come to it.</remarks>
public sealed partial class LevelBanner
{
    /// <summary>They begin with the level.</summary>
    private static readonly string[] PagesWithTheLevel = ["", "degradation"];

    private string _path = "";
    private bool _mayFollow;

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required PageRoutes Pages { get; init; }

    private bool IsShown => Status.Degradation.Level != DegradationLevel.Normal && !PagesWithTheLevel.Contains(_path, StringComparer.OrdinalIgnoreCase);

    private string Affected => string.Join(
        ", ",
        Status.Capabilities.Where(capability => capability is { IsConfigured: true, State: not CapabilityState.Works }).Select(capability => Texts[$"Capability.{capability.Capability}"].Value));

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _path = PathOf(Navigation.Uri);
        Navigation.LocationChanged += OnLocationChanged;
    }

    protected override async Task OnParametersSetAsync() =>
        _mayFollow = Pages.Has("/degradation") && Authentication is not null && (await Authentication).User.May(Permissions.HealthDetails);

    protected override void Dispose(bool disposing)
    {
        Navigation.LocationChanged -= OnLocationChanged;
        base.Dispose(disposing);
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) => _ = InvokeAsync(() =>
    {
        _path = PathOf(e.Location);
        StateHasChanged();
    });

    private string PathOf(string uri) => Navigation.ToBaseRelativePath(uri).Split('?', '#')[0].TrimEnd('/');
}
