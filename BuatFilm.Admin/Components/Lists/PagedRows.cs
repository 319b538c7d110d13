namespace BuatFilm.Admin.Components.Lists;

/// <summary>What a source answers: one page of rows, in the order that was asked for.</summary>
/// <param name="NextCursor">Asks for the page behind it; null on the last.</param>
public sealed record PagedRows<TRow>(IReadOnlyList<TRow> Items, string? NextCursor)
{
    /// <summary>The answer to a cursor that the source cannot read, such as one that somebody mistyped: the list begins again.</summary>
    public static PagedRows<TRow> UnknownCursor { get; } = new([], null);
}

/// <summary>Bounds that all lists share.</summary>
public static class PagedRows
{
    /// <summary>Rows on a page, at most: what a screen can hold, and what a circuit should.</summary>
    public const int MaxSize = 50;

    /// <summary>The most rows that a list ever asks its source for, which it does to see what is new above the rows that somebody reads.</summary>
    public const int MaxRead = 200;

    /// <summary>Counting the rows that match stops here: beyond it, "more" says as much as a number and costs less.</summary>
    public const long CountedUpTo = 10_001;
}
