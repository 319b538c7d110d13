using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>What a list asks its source for.</summary>
/// <param name="Filters">The filters that are set, by name; every value fits its filter. A day's bounds stand as <c>name-from</c> and <c>name-to</c>.</param>
/// <param name="Sort">One of the list's sorts, a minus before it for downwards; null when the list has none.</param>
/// <param name="Cursor">Where the page before ended; null for the first. It may come from anybody's address bar.</param>
/// <param name="Size">Rows wanted, from 1 to <see cref="PagedRows.MaxRead"/>.</param>
public sealed record PagedQuery(ImmutableSortedDictionary<string, string> Filters, string? Sort, string? Cursor, int Size)
{
    /// <summary>Western Indonesia Time: days begin there, whatever the browser or the server thinks.</summary>
    private static readonly TimeSpan Wib = TimeSpan.FromHours(7);

    /// <summary>True when no filter is set.</summary>
    public bool IsWhole => Filters.IsEmpty;

    /// <summary>The sort without its direction.</summary>
    public string? SortName => Sort?.TrimStart('-');

    public bool IsDescending => Sort is ['-', ..];

    /// <summary>The value of a text or choice filter; null when it is not set.</summary>
    public string? this[string filter] => Filters.GetValueOrDefault(filter);

    /// <summary>The first instant of a day filter's first day; null when that is open.</summary>
    public DateTimeOffset? From(string filter) => Day($"{filter}-from") is { } day ? Midnight(day) : null;

    /// <summary>The first instant after a day filter's last day; null when that is open.</summary>
    public DateTimeOffset? Before(string filter) => Day($"{filter}-to") is { } day ? Midnight(day.AddDays(1)) : null;

    /// <summary>Tells this question from every other one of the same list.</summary>
    public string Key
    {
        get
        {
            var key = new StringBuilder();
            foreach (var (name, value) in Filters)
            {
                key.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name}{value.Length}:{value}");
            }

            return key.Append(CultureInfo.InvariantCulture, $"|{Sort}|{Size}|{Cursor}").ToString();
        }
    }

    private DateOnly? Day(string name) =>
        this[name] is { } text && DateOnly.TryParseExact(text, DateFilter.Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static DateTimeOffset Midnight(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), Wib).ToUniversalTime();
}
