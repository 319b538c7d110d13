using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>The details of one row: beside the list on a wide screen, in its place on a phone. Escape closes it.</summary>
public sealed partial class DetailPane
{
    private ElementReference _element;

    [Parameter]
    [EditorRequired]
    public required string Title { get; set; }

    /// <summary>The address of the list without it.</summary>
    [Parameter]
    [EditorRequired]
    public required string CloseHref { get; set; }

    /// <summary>True when somebody has just opened it; false when the page came with it.</summary>
    [Parameter]
    public bool TakesFocus { get; set; }

    [Parameter]
    [EditorRequired]
    public required RenderFragment ChildContent { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required PageScript Script { get; init; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && TakesFocus)
        {
            await Script.FocusAsync(_element);
        }
    }

    private void OnKey(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
        {
            Navigation.NavigateTo(CloseHref);
        }
    }
}
