namespace BuatFilm.Admin.Http;

/// <summary>One page of a list.</summary>
/// <param name="NextCursor">Asks for the page behind it; null on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>How many items a page has.</summary>
internal static class PageSize
{
    public const int Default = 50;
    public const int Max = 200;

    /// <summary>What the caller asked for, within bounds.</summary>
    public static int Of(int? limit) => Math.Clamp(limit ?? Default, 1, Max);

    /// <summary>Makes a page of rows that were read one beyond <paramref name="size"/>: the extra one only says that there are more.</summary>
    public static Page<T> ToPage<T>(this IReadOnlyList<T> rows, int size, Func<T, string> cursorOf) =>
        rows.Count <= size ? new Page<T>(rows, null) : new Page<T>([.. rows.Take(size)], cursorOf(rows[size - 1]));
}
