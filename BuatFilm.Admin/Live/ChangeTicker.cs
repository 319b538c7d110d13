using System.Collections.Immutable;

namespace BuatFilm.Admin.Live;

/// <summary>Reads a mark that differs whenever anybody has committed a write since the last time.</summary>
public delegate Task<string> ReadChangeMark(CancellationToken cancellationToken);

/// <summary>Tells open pages that somebody, in whatever process, has written to the database.</summary>
/// <remarks>
/// Two polls a second and node while anybody listens, none otherwise; a commit of this process that wakes a worker brings the
/// next one forward. A listener is told that something changed, not what: it reads again. News is merged: at most four calls
/// a second and listener. The first poll always counts as a change, so what was written just before somebody began to listen
/// is not missed.
/// </remarks>
public sealed class ChangeTicker : IDisposable
{
    /// <summary>How long a change of another process may go unseen; what reading and drawing it takes comes on top, and all of it is to be within a second.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the database may be silent before what is shown counts as old.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly WakeSignal _wake = new();
    private readonly ReadChangeMark _readMark;
    private readonly TimeProvider _time;
    private readonly ILogger<ChangeTicker> _logger;
    private ImmutableArray<LiveSubscription> _subscriptions = [];
    private CancellationTokenSource? _polling;
    private volatile DataState _current;

    internal ChangeTicker(ReadChangeMark readMark, Wakes wakes, TimeProvider time, ILogger<ChangeTicker> logger)
    {
        _readMark = readMark;
        _time = time;
        _logger = logger;
        _current = new DataState(0, time.GetUtcNow(), IsStale: false);
        foreach (var signal in wakes.All)
        {
            signal.Woken += Wake;
        }
    }

    /// <summary>Something changed; for those who work for open pages, and need not know while there are none. It must be quick, and never throw.</summary>
    internal event Action? Changed;

    /// <summary>How new the data is that a page would read now.</summary>
    public DataState Current => _current;

    /// <summary>For tests of those who should have let go.</summary>
    public int SubscriberCount
    {
        get
        {
            lock (_gate)
            {
                return _subscriptions.Length;
            }
        }
    }

    /// <summary>Says that this process has committed something; cheap while nobody listens.</summary>
    public void Wake()
    {
        if (_polling is not null)
        {
            _wake.Wake();
        }
    }

    /// <summary>
    /// Calls <paramref name="changed"/> after changes, and when <see cref="DataState.IsStale"/> turns, in the caller's culture, until the
    /// result is disposed. Listen first and read second: a change in between is then seen twice, never missed.
    /// </summary>
    public IDisposable Subscribe(Func<Task> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);

        var subscription = new LiveSubscription(changed, Remove, _time, _logger);
        lock (_gate)
        {
            _subscriptions = _subscriptions.Add(subscription);
            if (_polling is null)
            {
                _polling = new CancellationTokenSource();
                _current = _current with { AsOf = _time.GetUtcNow(), IsStale = false };

                // The loop outlives whoever came first, and must not carry that one's culture or user along.
                using (ExecutionContext.SuppressFlow())
                {
                    var ended = _polling.Token;
                    _ = Task.Run(() => PollAsync(ended), CancellationToken.None);
                }
            }
        }

        return subscription;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            EndPolling();
        }
    }

    private async Task PollAsync(CancellationToken ended)
    {
        string? mark = null;
        while (!ended.IsCancellationRequested)
        {
            mark = await AskAsync(mark, ended);
            try
            {
                // Wakes that come in a burst are one poll.
                await Task.Delay(StatusBoard.Interval, _time, ended);
                await _wake.WaitAsync(Period - StatusBoard.Interval, _time, ended);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <returns>The new mark, or the old one when the database did not answer.</returns>
    private async Task<string?> AskAsync(string? mark, CancellationToken ended)
    {
        var askedAt = _time.GetUtcNow();
        try
        {
            // The real clock: a connection that hangs does so in real time.
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ended);
            deadline.CancelAfter(Deadline);
            var read = await _readMark(deadline.Token);
            var before = _current;
            var isNew = !string.Equals(mark, read, StringComparison.Ordinal);
            Tell(before with { Version = isNew ? before.Version + 1 : before.Version, AsOf = askedAt, IsStale = false }, isNew || before.IsStale, ended);

            return read;
        }
#pragma warning disable CA1031 // Whatever keeps the database from answering, the pages must learn that they are old.
        catch (Exception exception) when (!ended.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var before = _current;
            if (!before.IsStale && _time.GetUtcNow() - before.AsOf >= StaleAfter)
            {
                _logger.LogWarning("The open pages show data as of {AsOf:O}: the database does not answer ({Reason}).", before.AsOf, exception.Message);
                Tell(before with { IsStale = true }, isNews: true, ended);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }

        return mark;
    }

    private void Tell(DataState state, bool isNews, CancellationToken ended)
    {
        ImmutableArray<LiveSubscription> subscriptions;
        lock (_gate)
        {
            if (ended.IsCancellationRequested)
            {
                return;
            }

            _current = state;
            subscriptions = _subscriptions;
        }

        if (isNews)
        {
            Changed?.Invoke();
            foreach (var subscription in subscriptions)
            {
                subscription.Wake();
            }
        }
    }

    private void Remove(LiveSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = _subscriptions.Remove(subscription);
            if (_subscriptions.IsEmpty)
            {
                EndPolling();
            }
        }
    }

    private void EndPolling()
    {
        _polling?.Cancel();
        _polling?.Dispose();
        _polling = null;
    }
}

/// <summary>How new the data is that pages read.</summary>
/// <param name="Version">Grows with every change that was seen.</param>
/// <param name="AsOf">When the database was last asked and answered.</param>
/// <param name="IsStale">True once it has been silent for <see cref="ChangeTicker.StaleAfter"/>.</param>
public sealed record DataState(long Version, DateTimeOffset AsOf, bool IsStale);
