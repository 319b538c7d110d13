using Microsoft.AspNetCore.Components.Web;

namespace BuatFilm.Admin.Components.Lists;

/// <content>Selecting rows, and the words that depend on how many there are.</content>
public sealed partial class PagedList<TRow>
{
    private bool IsPageSelected => _rows.Count > 0 && _rows.All(row => row.IsGone || _selection.Contains(row.Key));

    /// <summary>The whole page is selected by hand and is not all there is.</summary>
    private bool CanSelectMatching =>
        _selection.Matching is null && IsPageSelected && (_next is not null || _state.Trail.Page > 1) && !(_count is { } count && count <= _selection.Keys.Count);

    private string CountWords => (_count, _rows.Count) switch
    {
        _ when IsFirstLoad => Texts["List.Loading"],
        ({ } count, _) => Texts["List.Count", Formats.Count(count, PagedRows.CountedUpTo)],
        (null, 0) => "",
        (null, var shown) => Texts["List.Shown", Formats.Number(shown)],
    };

    private string SelectionWords => _selection.Matching is null
        ? Texts["List.Selection.Rows", Formats.Number(_selection.Keys.Count)]
        : _selection.MatchingCount is { } count ? Texts["List.Selection.Matching", Formats.Count(count, PagedRows.CountedUpTo)] : Texts["List.Selection.AllMatching"];

    private string SelectMatchingWords => _count is { } count
        ? Texts["List.Selection.SelectMatching", Formats.Count(count, PagedRows.CountedUpTo)]
        : Texts["List.Selection.SelectAllMatching"];

    private string NewsWords => WordsOf(_news!);

    private string WordsOf(News news) => news switch
    {
        { Gone: 0 } => Texts["List.News.New", Formats.Number(news.New)],
        { New: 0 } => Texts["List.News.Gone", Formats.Number(news.Gone)],
        _ => Texts["List.News.Both", Formats.Number(news.New), Formats.Number(news.Gone)],
    };

    private void SayHowMany()
    {
        if (!_hasFailed && !_isDenied)
        {
            Announcements.Say(_rows.Count == 0 ? Texts["List.Announce.None"] : Texts["List.Announce.Rows", Formats.Number(_rows.Count)]);
        }
    }

    private void Toggle(string key, MouseEventArgs click)
    {
        var isSelected = !_selection.Contains(key);
        var keys = click.ShiftKey ? Between(_lastToggled, key) : [key];
        if (_selection.Matching is not null)
        {
            // One row is taken out of all that match: what is left are the rows of this page, which can be named.
            _selection.Set(_rows.Where(row => !row.IsGone).Select(row => row.Key), isSelected: true);
        }

        _selection.Set(keys, isSelected);
        _lastToggled = key;
    }

    private void TogglePage()
    {
        var isSelected = !IsPageSelected;
        _selection.Set(_rows.Where(row => !row.IsGone).Select(row => row.Key), isSelected);
        Announcements.Say(SelectionWords);
    }

    private void SelectMatching()
    {
        _selection.SetMatching((_state with { Trail = PageTrail.Start, Item = null }).ToQuery(PageSize), _count);
        Announcements.Say(SelectionWords);
    }

    private List<string> Between(string? one, string other)
    {
        var keys = _rows.Select(row => row.Key).ToList();
        var (first, last) = (one is null ? -1 : keys.IndexOf(one), keys.IndexOf(other));
        return first < 0 ? [other] : keys.GetRange(Math.Min(first, last), Math.Abs(first - last) + 1);
    }
}
