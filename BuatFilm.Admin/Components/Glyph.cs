using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Components;

/// <summary>An icon as plain markup, for places where there are many: a <c>MudIcon</c> is a component, and each costs memory in every open page.</summary>
internal static class Glyph
{
    /// <param name="icon">One of MudBlazor's icons; never text of others.</param>
    public static MarkupString Of(string icon) => new($"""<svg class="glyph" viewBox="0 0 24 24" aria-hidden="true">{icon}</svg>""");
}
