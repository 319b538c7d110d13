using System.Globalization;
using BuatFilm.Admin.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>What the words on the pages mean, for people who do not build software.</summary>
public sealed partial class GlossaryPage
{
    private string? _search;

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<GlossaryTexts> Terms { get; init; }

    [Inject]
    public required IEnumerable<MenuEntry> Entries { get; init; }

    [Inject]
    public required PageRoutes Pages { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    private IEnumerable<GlossaryTerm> Found => string.IsNullOrWhiteSpace(_search)
        ? GlossaryTerm.All
        : GlossaryTerm.All.Where(term => Contains(Terms[$"{term.Id}.Name"]) || Contains(Terms[$"{term.Id}.Text"]));

    private bool Contains(string text) =>
        CultureInfo.InvariantCulture.CompareInfo.IndexOf(text, _search!.Trim(), CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace) >= 0;

    private void SayHowMany() => Announcements.Say(Texts["Glossary.Found", Formats.Number(Found.Count())]);

    private (string Href, string Title)? PageOf(GlossaryTerm term) =>
        term.Page is { } href && Pages.Has(href) && Entries.FirstOrDefault(entry => entry.Href == href) is { } entry
            ? (href, Texts[entry.TitleKey].Value)
            : null;
}
