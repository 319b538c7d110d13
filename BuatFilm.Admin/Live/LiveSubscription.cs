using System.Threading.Channels;

namespace BuatFilm.Admin.Live;

/// <summary>One listener of the board or of the ticker, and the loop that calls it.</summary>
internal sealed class LiveSubscription : IDisposable
{
    // One slot is enough: a wake-up that finds it taken is covered by the call that is still to come.
    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly CancellationTokenSource _ended = new();
    private readonly Func<Task> _changed;
    private readonly Action<LiveSubscription> _remove;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private int _isDisposed;

    public LiveSubscription(Func<Task> changed, Action<LiveSubscription> remove, TimeProvider time, ILogger logger)
    {
        _changed = changed;
        _remove = remove;
        _time = time;
        _logger = logger;

        // Started here, so that the loop keeps the subscriber's culture, whoever publishes.
        _ = RunAsync(_ended.Token);
    }

    public void Wake() => _wakeUps.Writer.TryWrite(true);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        _remove(this);
        _wakeUps.Writer.TryComplete();
        _ended.Cancel();
        _ended.Dispose();
    }

    private async Task RunAsync(CancellationToken ended)
    {
        try
        {
            while (await _wakeUps.Reader.WaitToReadAsync(ended))
            {
                // Emptied before the call: news that arrives during it earns another one.
                _wakeUps.Reader.TryRead(out _);
                await CallAsync();
                await Task.Delay(StatusBoard.Interval, _time, ended);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The subscriber let go.
        }
    }

    private async Task CallAsync()
    {
        try
        {
            await _changed();
        }
#pragma warning disable CA1031 // A page that cannot draw must not silence the others, nor itself for good.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (Volatile.Read(ref _isDisposed) == 0)
            {
                _logger.LogWarning(exception, "Somebody who listens to live news failed; the next change will reach them again.");
            }
        }
    }
}
