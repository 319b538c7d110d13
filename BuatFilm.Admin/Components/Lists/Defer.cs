using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>Draws its content after the components beside it have begun: the columns of a list are then known.</summary>
public sealed class Defer : ComponentBase
{
    [Parameter]
    [EditorRequired]
    public required RenderFragment ChildContent { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.AddContent(0, ChildContent);
    }
}
