using System.Collections.Immutable;
using Microsoft.AspNetCore.WebUtilities;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>Everything about a list that stands in its address, so that a link shows a colleague the same, and a reload the same again.</summary>
/// <param name="Filters">Those that are set, by parameter.</param>
/// <param name="Sort">As in <see cref="PagedQuery.Sort"/>.</param>
/// <param name="Item">The key of the row whose details are open; null when none are.</param>
public sealed record ListState(ImmutableSortedDictionary<string, string> Filters, string? Sort, PageTrail Trail, string? Item)
{
    private const string SortName = "sort";
    private const string PageName = "page";
    private const string ItemName = "item";
    private const int MaxItemLength = 200;

    private static readonly ImmutableSortedDictionary<string, string> NoFilters = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The first page of everything.</summary>
    public static ListState None { get; } = new(NoFilters, null, PageTrail.Start, null);

    /// <summary>Reads an address. What does not fit the list is left out: addresses are typed by people.</summary>
    /// <param name="sorts">The sorts that the list knows, without their directions.</param>
    /// <param name="defaultSort">Stands for no sort, and is not written.</param>
    public static ListState Parse(string uri, IReadOnlyList<ListFilter> filters, IReadOnlyList<string> sorts, string? defaultSort)
    {
        ArgumentNullException.ThrowIfNull(uri);

        var parameters = QueryHelpers.ParseQuery(QueryOf(uri));
        var set = NoFilters.ToBuilder();
        foreach (var filter in filters)
        {
            foreach (var name in filter.Parameters)
            {
                if (parameters.TryGetValue(name, out var values) && values is [{ } value, ..] && filter.Clean(value) is { } clean)
                {
                    set[name] = clean;
                }
            }
        }

        var sort = One(SortName);
        var item = One(ItemName);
        return new ListState(
            set.ToImmutable(),
            sort is not null && sorts.Contains(sort.TrimStart('-')) && !sort.StartsWith("--", StringComparison.Ordinal) ? sort : defaultSort,
            PageTrail.Parse(One(PageName)),
            item is { Length: > 0 and <= MaxItemLength } && !item.Contains('\0', StringComparison.Ordinal) ? item : null);

        string? One(string name) => parameters.TryGetValue(name, out var values) ? values[0] : null;
    }

    /// <summary>The list with another filter begins at its first page again.</summary>
    /// <param name="value">Null or empty clears it.</param>
    public ListState WithFilter(string parameter, string? value) =>
        this with { Filters = string.IsNullOrEmpty(value) ? Filters.Remove(parameter) : Filters.SetItem(parameter, value), Trail = PageTrail.Start };

    public ListState WithoutFilters() => this with { Filters = NoFilters, Trail = PageTrail.Start };

    public ListState WithSort(string sort) => this with { Sort = sort, Trail = PageTrail.Start };

    public PagedQuery ToQuery(int size) => new(Filters, Sort, Trail.Cursor, size);

    /// <summary>True when both show the same rows.</summary>
    public bool ShowsSameAs(ListState other)
    {
        ArgumentNullException.ThrowIfNull(other);

        return Sort == other.Sort && Trail.Equals(other.Trail) && HasSameFiltersAs(other);
    }

    public bool HasSameFiltersAs(ListState other)
    {
        ArgumentNullException.ThrowIfNull(other);

        return Filters.SequenceEqual(other.Filters);
    }

    /// <summary>The address of this state, from the root, with whatever else stood in the old one.</summary>
    /// <param name="path">From the root, such as <c>/dead-letters</c>, with the old query.</param>
    public string ToAddress(string path, IReadOnlyList<ListFilter> filters, string? defaultSort)
    {
        ArgumentNullException.ThrowIfNull(path);

        HashSet<string> ours = [SortName, PageName, ItemName, .. filters.SelectMany(filter => filter.Parameters)];
        var parameters = QueryHelpers.ParseQuery(QueryOf(path))
            .Where(parameter => !ours.Contains(parameter.Key))
            .SelectMany(parameter => parameter.Value, (parameter, value) => KeyValuePair.Create(parameter.Key, value))
            .Concat(Filters.Select(filter => KeyValuePair.Create(filter.Key, (string?)filter.Value)))
            .ToList();
        Add(SortName, Sort == defaultSort ? null : Sort);
        Add(PageName, Trail.ToString());
        Add(ItemName, Item);

        return QueryHelpers.AddQueryString(path.Split('?', '#')[0], parameters);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                parameters.Add(KeyValuePair.Create(name, (string?)value));
            }
        }
    }

    private static string QueryOf(string uri)
    {
        var start = uri.IndexOf('?', StringComparison.Ordinal);
        var end = uri.IndexOf('#', StringComparison.Ordinal);
        return start < 0 || (end >= 0 && end < start) ? "" : uri[start..(end < 0 ? uri.Length : end)];
    }
}
