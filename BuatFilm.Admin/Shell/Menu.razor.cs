using BuatFilm.Admin.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>The links that the features registered, in their order.</summary>
public sealed partial class Menu
{
    private List<(MenuEntry Entry, string Title)> _entries = [];

    [Inject]
    public required IEnumerable<MenuEntry> Entries { get; init; }

    [Inject]
    public required IStringLocalizerFactory Localizers { get; init; }

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    protected override void OnInitialized() =>
        _entries = [.. Entries.OrderBy(entry => entry.Order).Select(entry => (entry, Localizers.Create(entry.Texts)[entry.TitleKey].Value))];
}
