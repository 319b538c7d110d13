using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>The document around every page. Pages that must set cookies exclude themselves from interactive routing.</summary>
public sealed partial class App
{
    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    // Who is not signed in gets no circuit: there is nothing live to see.
    private IComponentRenderMode? PageRenderMode =>
        HttpContext.AcceptsInteractiveRouting() && HttpContext.User.Identity is { IsAuthenticated: true } ? RenderMode.InteractiveServer : null;
}
