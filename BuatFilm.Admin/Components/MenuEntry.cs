using BuatFilm.Admin.Live;

namespace BuatFilm.Admin.Components;

/// <summary>One link of the navigation. A feature may register its own as a singleton; the shell has those of the pages that it knows.</summary>
/// <param name="Order">Where it stands in its group, from 0.</param>
/// <param name="Href">From the root, such as <c>/dead-letters</c>.</param>
/// <param name="Icon">One of MudBlazor's icons.</param>
/// <param name="Texts">The class that names the texts, such as <see cref="ComponentTexts"/>.</param>
/// <param name="TitleKey">The key of the title in them.</param>
/// <param name="IsExternal">True for what is not a page of the app's router, such as the Hangfire dashboard.</param>
/// <param name="Group">The heading it stands under.</param>
/// <param name="Permission">What one needs to follow it; who lacks it does not see it. Null for what everybody may see.</param>
public sealed record MenuEntry(
    int Order,
    string Href,
    string Icon,
    Type Texts,
    string TitleKey,
    bool IsExternal = false,
    MenuGroup Group = MenuGroup.Start,
    string? Permission = null);

/// <summary>The headings of the navigation, in their order.</summary>
public enum MenuGroup
{
    /// <summary>Without a heading.</summary>
    Start,
    Outages,
    Messages,
    Payments,
    Work,
    Administration,
    Help,
}

/// <summary>A number beside a link of the navigation. A feature may register one as a singleton.</summary>
/// <param name="Href">The link's.</param>
/// <param name="Of">Reads it from the board; null or zero shows nothing.</param>
/// <param name="TextsKey">The key in <see cref="ComponentTexts"/> of what the number counts, with a hole for it.</param>
public sealed record MenuBadge(string Href, Func<StatusSnapshot, long?> Of, string TextsKey, Tone Tone = Tone.Bad);
