using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Components;

/// <summary>The details of one thing beside a list, read by themselves: they follow changes although the list no longer shows the row, and open by a link to a row of a later page.</summary>
public sealed partial class LiveDetail<TData>
    where TData : class
{
    /// <summary>Reads it; null when there is no such thing.</summary>
    [Parameter]
    [EditorRequired]
    public required Func<CancellationToken, Task<TData?>> Find { get; set; }

    /// <summary>Said when there is no such thing.</summary>
    [Parameter]
    [EditorRequired]
    public required string Missing { get; set; }

    [Parameter]
    [EditorRequired]
    public required RenderFragment<TData> ChildContent { get; set; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Shared { get; init; }

    protected override Task<TData?> ReadAsync(CancellationToken cancellationToken) => Find(cancellationToken);
}
