namespace BuatFilm.Admin.Components;

/// <summary>One link of the navigation. A feature registers its own as a singleton; the shell collects them.</summary>
/// <param name="Order">Where it stands, from 0; the daily work comes first.</param>
/// <param name="Href">From the root, such as <c>/dead-letters</c>.</param>
/// <param name="Icon">One of MudBlazor's icons.</param>
/// <param name="Texts">The class that names the texts, such as <see cref="ComponentTexts"/>.</param>
/// <param name="TitleKey">The key of the title in them.</param>
/// <param name="IsExternal">True for what is not a page of the app's router, such as the Hangfire dashboard.</param>
public sealed record MenuEntry(int Order, string Href, string Icon, Type Texts, string TitleKey, bool IsExternal = false);
