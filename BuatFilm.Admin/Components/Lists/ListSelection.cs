namespace BuatFilm.Admin.Components.Lists;

/// <summary>What somebody has selected in a list: rows by their keys, or whatever matches the filters.</summary>
/// <remarks>
/// "All that match" is the filters themselves, not a list of keys: whoever acts on it resolves them on the server, at the moment of
/// acting. It holds for the filters under which it was said, and ends when they change.
/// </remarks>
public sealed class ListSelection
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>The keys of the selected rows, on this page and on others; empty when all that match are selected.</summary>
    public IReadOnlyCollection<string> Keys => _keys;

    /// <summary>The question whose every row is selected; null when rows are.</summary>
    public PagedQuery? Matching { get; private set; }

    /// <summary>How many rows match, counted up to <see cref="PagedRows.CountedUpTo"/>; null while nobody has counted, or when rows are selected by key.</summary>
    public long? MatchingCount { get; private set; }

    public bool IsEmpty => Matching is null && _keys.Count == 0;

    public bool Contains(string key) => Matching is not null || _keys.Contains(key);

    internal void Set(IEnumerable<string> keys, bool isSelected)
    {
        Matching = null;
        MatchingCount = null;
        if (isSelected)
        {
            _keys.UnionWith(keys);
        }
        else
        {
            _keys.ExceptWith(keys);
        }
    }

    internal void SetMatching(PagedQuery query, long? count)
    {
        _keys.Clear();
        Matching = query;
        MatchingCount = count;
    }

    internal void Clear()
    {
        _keys.Clear();
        Matching = null;
        MatchingCount = null;
    }
}
