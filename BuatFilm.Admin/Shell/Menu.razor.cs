using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>The links that exist and that the reader may follow, under their headings, with what waits behind them.</summary>
public sealed partial class Menu
{
    private List<Group> _groups = [];
    private string _path = "/";

    [Inject]
    public required IEnumerable<MenuEntry> Entries { get; init; }

    [Inject]
    public required IEnumerable<MenuBadge> Badges { get; init; }

    [Inject]
    public required PageRoutes Pages { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IStringLocalizerFactory Localizers { get; init; }

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _path = PathOf(Navigation.Uri);
        Navigation.LocationChanged += OnLocationChanged;
    }

    // Again whenever the reader's rights have changed.
    protected override async Task OnParametersSetAsync()
    {
        var user = Authentication is null ? null : (await Authentication).User;
        _groups =
        [
            .. Entries
                .Where(entry => entry.IsExternal || Pages.Has(entry.Href))
                .Where(entry => entry.Permission is null || user?.May(entry.Permission) == true)
                .GroupBy(entry => entry.Group)
                .OrderBy(group => group.Key)
                .Select(group => new Group(
                    group.Key,
                    group.Key == MenuGroup.Start ? null : Texts[$"MenuGroup.{group.Key}"].Value,
                    [.. group.OrderBy(entry => entry.Order).Select(entry => (entry, Localizers.Create(entry.Texts)[entry.TitleKey].Value))])),
        ];
    }

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

    private string PathOf(string uri) => "/" + Navigation.ToBaseRelativePath(uri).Split('?', '#')[0].TrimEnd('/');

    private bool IsCurrent(MenuEntry entry) =>
        entry.Href == "/" ? _path == "/" : _path.Equals(entry.Href, StringComparison.OrdinalIgnoreCase) || _path.StartsWith(entry.Href + "/", StringComparison.OrdinalIgnoreCase);

    private (string Number, string Words, Tone Tone)? BadgeOf(MenuEntry entry)
    {
        var badge = Badges.FirstOrDefault(badge => badge.Href == entry.Href);
        if (badge?.Of(Status) is not { } count || count <= 0)
        {
            return null;
        }

        var number = Formats.Count(count, OutboxFigures.CountedUpTo);
        return (number, Names[badge.TextsKey, number], badge.Tone);
    }

    private sealed record Group(MenuGroup Key, string? Title, IReadOnlyList<(MenuEntry Entry, string Title)> Links);
}
