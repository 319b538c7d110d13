using System.Text;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>The list that every page with rows shows: filters, sort, keyset paging, selection, details, CSV, and the four states without rows.</summary>
/// <remarks>
/// What matters stands in the address. Rows follow the database live: in place where nothing moves, pushed in while nobody is
/// reading, else offered ("3 new – show"). What somebody selected survives both.
/// </remarks>
public sealed partial class PagedList<TRow> : ComponentBase, IDisposable
{
    private const int SkeletonRows = 8;
    private const int LongestExport = 10_000;

    private static readonly TimeSpan CountsAreGoodFor = TimeSpan.FromSeconds(5);

    /// <summary>A list reads during a fifth of its time at the most, however many changes there are.</summary>
    private const int RestPerRead = 4;

    private readonly List<ListColumn<TRow>> _columns = [];
    private readonly ListSelection _selection = new();
    private readonly CancellationTokenSource _left = new();
    private readonly CancellationToken _leaving;
    private ElementReference _element;
    private ElementReference _body;
    private IDisposable? _subscription;
    private CancellationTokenSource? _load;
    private string _path = "";
    private string _readName = "";
    private ListState _state = ListState.None;
    private ListState _shownState = ListState.None;
    private IReadOnlyList<ShownRow<TRow>> _rows = [];
    private string? _next;
    private News? _news;
    private long? _count;
    private long _countedAt;
    private DateTimeOffset _readAt;
    private string? _lastToggled;
    private string? _focusRow;
    private bool _wasRead;
    private bool _isBusy;
    private bool _missedTick;
    private bool _hasFailed;
    private bool _isDenied;
    private bool _isPaused;
    private bool _isExporting;
    private bool _paneTakesFocus;
    private bool _focusBody;

    public PagedList() => _leaving = _left.Token; // Whoever still reads when the list is left may ask it, after the source is gone too.

    /// <summary>Names the list in files and in the page: lower-case letters and hyphens, such as <c>dead-letters</c>.</summary>
    [Parameter]
    [EditorRequired]
    public required string Name { get; set; }

    /// <summary>Names the list for people.</summary>
    [Parameter]
    [EditorRequired]
    public required string Label { get; set; }

    /// <summary>
    /// Reads one page. Answers <see cref="PagedRows{TRow}.UnknownCursor"/> to a cursor that it cannot read; throws
    /// <see cref="UnauthorizedAccessException"/> when the reader may not see the rows. Rows must compare by value, so be records.
    /// </summary>
    [Parameter]
    [EditorRequired]
    public required Func<PagedQuery, CancellationToken, Task<PagedRows<TRow>>> Source { get; set; }

    /// <summary>What a row is known by, at most 200 characters; stable, and unique in the list.</summary>
    [Parameter]
    [EditorRequired]
    public required Func<TRow, string> Key { get; set; }

    /// <summary>The <see cref="ListColumn{TRow}"/>s.</summary>
    [Parameter]
    [EditorRequired]
    public required RenderFragment Columns { get; set; }

    /// <summary>Not changed after the first time.</summary>
    [Parameter]
    public IReadOnlyList<ListFilter> Filters { get; set; } = [];

    /// <summary>What the source can sort by.</summary>
    [Parameter]
    public IReadOnlyList<string> Sorts { get; set; } = [];

    /// <summary>One of <see cref="Sorts"/>, a minus before it for downwards.</summary>
    [Parameter]
    public string? DefaultSort { get; set; }

    /// <summary>Counts the rows that match, up to <see cref="PagedRows.CountedUpTo"/>; asked every few seconds at the most.</summary>
    [Parameter]
    public Func<PagedQuery, CancellationToken, Task<long>>? Count { get; set; }

    /// <summary>Rows on a page, from 1 to <see cref="PagedRows.MaxSize"/>.</summary>
    [Parameter]
    public int Size { get; set; } = PagedRows.MaxSize;

    /// <summary>Where a row leads; without it and with <see cref="Detail"/>, to its details beside the list.</summary>
    [Parameter]
    public Func<TRow, string>? Href { get; set; }

    /// <summary>The details of the row with a key. It may not be on this page, nor exist: the address may be old.</summary>
    [Parameter]
    public RenderFragment<string>? Detail { get; set; }

    /// <summary>The heading of the details; the key when it is null.</summary>
    [Parameter]
    public Func<string, string>? DetailTitle { get; set; }

    [Parameter]
    public bool IsSelectable { get; set; }

    /// <summary>The actions on what is selected.</summary>
    [Parameter]
    public RenderFragment<ListSelection>? SelectionActions { get; set; }

    /// <summary>What a row is called to somebody who cannot see it; its key when it is null.</summary>
    [Parameter]
    public Func<TRow, string>? RowName { get; set; }

    /// <summary>A class for a row, such as one of <see cref="Tone"/>.</summary>
    [Parameter]
    public Func<TRow, string?>? RowClass { get; set; }

    /// <summary>What the reader needs to see the list; null when the page has made sure.</summary>
    [Parameter]
    public string? Permission { get; set; }

    /// <summary>True when every reader gets the same rows: a change is then one read for all who look. Else it is one for each reader.</summary>
    [Parameter]
    public bool IsSameForAll { get; set; }

    /// <summary>Where the CSV file comes from, instead of from the columns' <see cref="ListColumn{TRow}.Csv"/>.</summary>
    [Parameter]
    public Func<PagedQuery, string>? CsvAddress { get; set; }

    /// <summary>A file was made, with so many rows.</summary>
    [Parameter]
    public EventCallback<int> Exported { get; set; }

    [Parameter]
    public ListWords Words { get; set; } = ListWords.Default;

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required ChangeTicker Ticker { get; init; }

    [Inject]
    public required SharedReads Reads { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required PageScript Script { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Texts { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required TimeProvider Time { get; init; }

    [Inject]
    public required ILogger<PagedList<TRow>> Logger { get; init; }

    /// <summary>What is selected now.</summary>
    public ListSelection Selection => _selection;

    /// <summary>What is asked now.</summary>
    public PagedQuery Query => _state.ToQuery(PageSize);

    private int PageSize => Math.Clamp(Size, 1, PagedRows.MaxSize);

    private bool IsFirstLoad => !_wasRead && !_hasFailed;

    private IEnumerable<ListColumn<TRow>> ShownColumns => _columns.Where(column => column.ChildContent is not null);

    /// <summary>Reads again now, after an action of one's own.</summary>
    public async Task RefreshAsync()
    {
        Reads.Forget(_readName);
        await LoadAsync(isTick: false);
        StateHasChanged();
    }

    public void ClearSelection()
    {
        _selection.Clear();
        StateHasChanged();
    }

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        _subscription?.Dispose();
        _left.Cancel();
        _left.Dispose();
    }

    internal void Add(ListColumn<TRow> column) => _columns.Add(column);

    internal void Remove(ListColumn<TRow> column) => _columns.Remove(column);

    protected override async Task OnInitializedAsync()
    {
        _path = Navigation.Uri.Split('?', '#')[0];
        _state = Parse(Navigation.Uri);
        var user = Authentication is null ? null : (await Authentication).User;
        if (Permission is not null && (user is null || !user.May(Permission)))
        {
            _isDenied = true;
            return;
        }

        _readName = IsSameForAll ? $"{Name}|" : $"{Name}|{Access.ActorOf(user)}|";
        if (RendererInfo.IsInteractive)
        {
            Navigation.LocationChanged += OnLocationChanged;

            // Listen first, read second: a change in between is seen twice, never missed.
            _subscription = Ticker.Subscribe(() => InvokeAsync(TickAsync));
        }

        await LoadAsync(isTick: false);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focusBody)
        {
            _focusBody = false;
            await Script.FocusAsync(_body);
        }

        if (_focusRow is { } key)
        {
            _focusRow = null;
            await Script.FocusRowAsync(_element, key);
        }
    }

    private ListState Parse(string uri) => ListState.Parse(uri, Filters, Sorts, DefaultSort);

    private string AddressOf(ListState state) => state.ToAddress("/" + Navigation.ToBaseRelativePath(Navigation.Uri), Filters, DefaultSort);

    private void GoTo(ListState state, bool replace = false) => Navigation.NavigateTo(AddressOf(state), replace: replace);

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e)
    {
        // A list that is being left must not ask for what the next page's address says.
        if (string.Equals(e.Location.Split('?', '#')[0], _path, StringComparison.OrdinalIgnoreCase))
        {
            _ = InvokeAsync(() => FollowAsync(e.Location));
        }
    }

    private async Task FollowAsync(string location)
    {
        var before = _state;
        _state = Parse(location);
        if (_state.Item != before.Item)
        {
            _paneTakesFocus = _state.Item is not null;
            _focusRow = _state.Item is null ? before.Item : null;
        }

        if (!_state.ShowsSameAs(before))
        {
            if (!_state.HasSameFiltersAs(before))
            {
                _count = null;
                if (_selection.Matching is not null)
                {
                    _selection.Clear(); // "All that match" meant other rows.
                }
            }

            StateHasChanged();
            await LoadAsync(isTick: false);
            _focusBody = !_state.Trail.Equals(before.Trail) && _state.HasSameFiltersAs(before) && _state.Sort == before.Sort;
            SayHowMany();
        }

        StateHasChanged();
    }

    private async Task TickAsync()
    {
        if (_isPaused || _isDenied)
        {
            return;
        }

        if (_isBusy)
        {
            _missedTick = true; // What is being read may be older than this news.
            return;
        }

        var started = Time.GetTimestamp();
        if (await LoadAsync(isTick: true))
        {
            StateHasChanged();
        }

        // The ticker tells nothing more until this returns.
        await Task.Delay(Time.GetElapsedTime(started) * RestPerRead, Time, _leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <returns>True when something must be drawn again.</returns>
    private async Task<bool> LoadAsync(bool isTick)
    {
        if (_leaving.IsCancellationRequested)
        {
            return false;
        }

        using var load = CancellationTokenSource.CreateLinkedTokenSource(_leaving);
        _load?.Cancel();
        _load = load;
        _isBusy = !isTick;
        var (state, had) = (_state, _hasFailed);
        var changed = !isTick;
        try
        {
            var query = state.ToQuery(isTick && IsHolding ? Math.Min(PagedRows.MaxRead, PageSize + 10 + (2 * (_news?.New ?? 0))) : PageSize);
            var readAt = Time.GetUtcNow();
            if (!_wasRead && Reads.Recent<PagedRows<TRow>>(_readName + query.Key) is { } recent)
            {
                // What was prerendered a moment ago: shown at once, so that nothing flickers while it is read again.
                _wasRead = await ShowAsync(state, query, recent, isTick: false, load.Token);
            }

            var rows = await Reads.GetAsync(_readName + query.Key, () => Source(query, CancellationToken.None)).WaitAsync(load.Token);
            if (ReferenceEquals(rows, PagedRows<TRow>.UnknownCursor))
            {
                return await BeginAgainAsync(state with { Trail = PageTrail.Start });
            }

            changed |= await ShowAsync(state, query, rows, isTick, load.Token);
            (_readAt, _hasFailed, _wasRead) = (readAt, false, true);
            changed |= await CountAsync(state, isTick, load.Token);
        }
        catch (OperationCanceledException) when (load.IsCancellationRequested)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            (_isDenied, _rows, _next) = (true, [], null);
        }
#pragma warning disable CA1031 // The list says that it could not be read; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "The list {List} could not be read.", Name);
            _hasFailed = true;
            if (!_shownState.ShowsSameAs(state))
            {
                (_rows, _next, _news) = ([], null, null); // They answered another question.
            }
        }
        finally
        {
            if (ReferenceEquals(_load, load))
            {
                (_load, _isBusy) = (null, false);
            }
        }

        if (_missedTick && !isTick)
        {
            _missedTick = false;
            _ = InvokeAsync(TickAsync);
        }

        return changed || had != _hasFailed || _isDenied;
    }

    /// <summary>The address named a page that the source does not know.</summary>
    private async Task<bool> BeginAgainAsync(ListState first)
    {
        if (RendererInfo.IsInteractive)
        {
            GoTo(first, replace: true);
            return false;
        }

        _state = first;
        return await LoadAsync(isTick: false);
    }

    private async Task<bool> ShowAsync(ListState state, PagedQuery query, PagedRows<TRow> answer, bool isTick, CancellationToken cancellationToken)
    {
        var read = answer.Items.Select(row => new ShownRow<TRow>(Key(row), row)).ToList();
        List<ShownRow<TRow>> page = read.Count > PageSize ? read[..PageSize] : read;
        if (isTick && _rows.Count > 0 && !RowMerge<TRow>.HaveSameOrder(_rows, page) && (IsHolding || await Script.IsReadingAsync(_element)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Hold(RowMerge<TRow>.Of(_rows, read, readIsWhole: answer.NextCursor is null));
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (query.Size == PageSize || answer.NextCursor is null && read.Count <= PageSize)
        {
            _next = answer.NextCursor;
        }
        else if (!RowMerge<TRow>.HaveSameOrder(_rows, page))
        {
            // What was read ends elsewhere than the page, so where the next one begins must be asked for.
            var exact = await Source(state.ToQuery(PageSize), cancellationToken);
            return await ShowAsync(state, state.ToQuery(PageSize), exact, isTick: false, cancellationToken);
        }

        var isNew = _news is not null || !_rows.SequenceEqual(page);
        (_rows, _news, _shownState) = (page, null, state);
        return isNew;
    }

    /// <summary>True while the rows must stay where they are, whatever the pointer does.</summary>
    private bool IsHolding => !_selection.IsEmpty || _state.Item is not null || _news is not null;

    private bool Hold(RowMerge<TRow> merge)
    {
        var news = merge is { New: 0, Gone: 0 } ? null : new News(merge.New, merge.Gone);
        var isNew = news != _news || !_rows.SequenceEqual(merge.Rows);
        if (_news is null && news is not null)
        {
            Announcements.Say(WordsOf(news)); // Once; the number on the button may go on.
        }

        (_rows, _news) = (merge.Rows, news);
        return isNew;
    }

    private async Task<bool> CountAsync(ListState state, bool isTick, CancellationToken cancellationToken)
    {
        if (Count is null || (isTick && Time.GetElapsedTime(_countedAt) < CountsAreGoodFor))
        {
            return false;
        }

        var before = _count;
        try
        {
            var query = (state with { Trail = PageTrail.Start }).ToQuery(PageSize);
            _count = await Reads.GetAsync($"{_readName}#{query.Key}", () => Count(query, CancellationToken.None)).WaitAsync(cancellationToken);
            _countedAt = Time.GetTimestamp();
        }
#pragma warning disable CA1031 // Rows without their number are better than no rows.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Logger.LogDebug(exception, "The list {List} could not be counted.", Name);
            _count = null;
        }

        return before != _count;
    }

    private async Task RetryAsync() => await RefreshAsync();

    private async Task ShowNewsAsync()
    {
        _news = null;
        await RefreshAsync();
        await Script.ScrollToAsync(_element);
    }

    private async Task TogglePauseAsync()
    {
        _isPaused = !_isPaused;
        if (!_isPaused)
        {
            await TickAsync();
        }
    }

    private void SetFilter((string Parameter, string? Value, bool Replace) filter) =>
        GoTo(_state.WithFilter(filter.Parameter, filter.Value), filter.Replace);

    private void ClearFilters() => GoTo(_state.WithoutFilters());

    private void SortBy(string sort) => GoTo(_state.WithSort(_state.Sort == sort ? $"-{sort}" : sort));

    private string? AriaSort(ListColumn<TRow> column) =>
        column.Sort is null || _state.Sort?.TrimStart('-') != column.Sort ? null : _state.Sort[0] == '-' ? "descending" : "ascending";

    private string? HrefOf(ShownRow<TRow> row) =>
        Href is not null ? Href(row.Row) : Detail is not null ? AddressOf(_state with { Item = row.Key }) : null;

    private string NameOf(ShownRow<TRow> row) => RowName?.Invoke(row.Row) ?? row.Key;

    private string? RowClassOf(ShownRow<TRow> row)
    {
        var own = RowClass?.Invoke(row.Row);
        var states = (row.IsGone ? " row-gone" : "") + (row.Key == _state.Item ? " row-open" : "") + (_selection.Contains(row.Key) ? " row-selected" : "");
        return own is null && states.Length == 0 ? null : (own + states).Trim();
    }

    private async Task ExportAsync()
    {
        _isExporting = true;
        StateHasChanged();
        try
        {
            var (file, rows, isCut) = await WriteCsvAsync();
            await Script.DownloadAsync($"{Name}-{Formats.FileStamp(Time.GetUtcNow())}.csv", "text/csv", file);
            Announcements.Say(Texts[isCut ? "List.Csv.Cut" : "List.Csv.Done", Formats.Number(rows)]);
            await Exported.InvokeAsync(rows);
        }
#pragma warning disable CA1031 // The list stays as it is, and says that the file could not be made.
        catch (Exception exception) when (!_leaving.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Logger.LogWarning(exception, "The list {List} could not be written as CSV.", Name);
            Announcements.Say(Texts["List.Csv.Failed"]);
            _hasFailed = true;
        }
        finally
        {
            _isExporting = false;
        }
    }

    private async Task<(MemoryStream File, int Rows, bool IsCut)> WriteCsvAsync()
    {
        var columns = _columns.Where(column => column.Csv is not null).ToList();
        var separator = CsvText.Separator;
        var file = new MemoryStream();
        await using var writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await writer.WriteAsync(CsvText.Line(columns.Select(column => column.Title), separator));
        var query = (_state with { Trail = PageTrail.Start }).ToQuery(PagedRows.MaxRead);
        var written = 0;
        while (true)
        {
            var rows = await Source(query, _leaving);
            if (ReferenceEquals(rows, PagedRows<TRow>.UnknownCursor))
            {
                throw new InvalidOperationException($"The list {Name} does not know its own cursor; a file that ends there would pass for the whole.");
            }

            foreach (var row in rows.Items)
            {
                await writer.WriteAsync(CsvText.Line(columns.Select(column => column.Csv!(row)), separator));
            }

            written += rows.Items.Count;
            if (rows.NextCursor is null || written >= LongestExport)
            {
                await writer.FlushAsync(_leaving);
                file.Position = 0;
                return (file, written, rows.NextCursor is not null);
            }

            query = query with { Cursor = rows.NextCursor };
        }
    }

    /// <param name="New">Rows that are not shown yet.</param>
    /// <param name="Gone">Rows that are shown and do not belong here any more.</param>
    private sealed record News(int New, int Gone);
}
