namespace BuatFilm.Admin.Components.Lists;

/// <summary>A row as it is shown.</summary>
/// <param name="IsGone">True when it no longer belongs here; it stays, marked, while somebody reads around it.</param>
public sealed record ShownRow<TRow>(string Key, TRow Row, bool IsGone = false);

/// <summary>Brings news into rows that somebody is reading, without moving any of them.</summary>
/// <param name="Rows">What to show: the same rows in the same places.</param>
/// <param name="New">Rows that would be among them and are not shown yet.</param>
/// <param name="Gone">Rows that are shown and no longer belong there.</param>
public sealed record RowMerge<TRow>(IReadOnlyList<ShownRow<TRow>> Rows, int New, int Gone)
{
    /// <param name="shown">What is shown now.</param>
    /// <param name="read">What the source has now, from the same beginning; may reach further than what is shown.</param>
    /// <param name="readIsWhole">True when nothing follows what was read.</param>
    public static RowMerge<TRow> Of(IReadOnlyList<ShownRow<TRow>> shown, IReadOnlyList<ShownRow<TRow>> read, bool readIsWhole)
    {
        ArgumentNullException.ThrowIfNull(shown);
        ArgumentNullException.ThrowIfNull(read);

        var news = new Dictionary<string, ShownRow<TRow>>(read.Count, StringComparer.Ordinal);
        foreach (var row in read)
        {
            news[row.Key] = row;
        }

        // What was read may end above the last row that is shown: of the rows below its end it says nothing.
        var lastKnown = readIsWhole ? shown.Count - 1 : LastIndex(shown, row => news.ContainsKey(row.Key));
        var rows = new List<ShownRow<TRow>>(shown.Count);
        for (var index = 0; index < shown.Count; index++)
        {
            var row = shown[index];
            rows.Add(news.TryGetValue(row.Key, out var now) ? now : index <= lastKnown ? row with { IsGone = true } : row);
        }

        var shownKeys = shown.Select(row => row.Key).ToHashSet(StringComparer.Ordinal);
        var lastRead = LastIndex(read, row => shownKeys.Contains(row.Key));

        // Rows behind the last shown one belong to the next page, unless all that was shown is gone.
        var reach = lastRead < 0 || shown.Count == 0 ? read.Count - 1 : lastRead;
        return new RowMerge<TRow>(rows, read.Take(reach + 1).Count(row => !shownKeys.Contains(row.Key)), rows.Count(row => row.IsGone));
    }

    /// <summary>True when both show the same rows in the same order; what stands in them may differ.</summary>
    public static bool HaveSameOrder(IReadOnlyList<ShownRow<TRow>> one, IReadOnlyList<ShownRow<TRow>> other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);

        return one.Count == other.Count && one.Zip(other).All(pair => pair.First.Key == pair.Second.Key);
    }

    private static int LastIndex(IReadOnlyList<ShownRow<TRow>> rows, Predicate<ShownRow<TRow>> fits)
    {
        var index = rows.Count - 1;
        while (index >= 0 && !fits(rows[index]))
        {
            index--;
        }

        return index;
    }
}
