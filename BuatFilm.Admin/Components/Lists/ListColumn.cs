using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>One column of a <see cref="PagedList{TRow}"/>. On a phone each row becomes a card, and the title a label before the cell.</summary>
/// <remarks>Keep cells to plain markup and to what <see cref="Cells"/> makes: a component in a cell is fifty components on the page.</remarks>
public sealed class ListColumn<TRow> : ComponentBase, IDisposable
{
    [CascadingParameter]
    public required PagedList<TRow> List { get; set; }

    [Parameter]
    [EditorRequired]
    public required string Title { get; set; }

    /// <summary>One of the list's sorts; the header then sorts by it.</summary>
    [Parameter]
    public string? Sort { get; set; }

    /// <summary>True for the cell that names the row: it links to the row's details, and is the title of its card.</summary>
    [Parameter]
    public bool IsTitle { get; set; }

    /// <summary>True for figures: at the end of the cell, one digit under the other.</summary>
    [Parameter]
    public bool IsNumber { get; set; }

    /// <summary>True for what a phone can do without.</summary>
    [Parameter]
    public bool IsExtra { get; set; }

    /// <summary>What the column is in the CSV file: text, a number, an amount, an instant, or null. Without it the column is not in the file.</summary>
    [Parameter]
    public Func<TRow, object?>? Csv { get; set; }

    /// <summary>The cell; a column without one is in the CSV file only.</summary>
    [Parameter]
    public RenderFragment<TRow>? ChildContent { get; set; }

    internal string CellClass => (IsTitle ? "cell-title " : "") + (IsNumber ? "cell-number " : "") + (IsExtra ? "cell-extra" : "");

    internal RenderFragment Draw(TRow row) => ChildContent!(row);

    public void Dispose() => List.Remove(this);

    protected override void OnInitialized() => List.Add(this);
}
