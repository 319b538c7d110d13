using System.Threading.Channels;

namespace BuatFilm.Admin.Live;

/// <summary>Wakes a worker of this process after a commit. A hint only: every worker also sweeps by itself.</summary>
internal sealed class Wakes
{
    /// <summary>A message was put in the outbox.</summary>
    public WakeSignal Outbox { get; } = new();

    /// <summary>An event waits for GET status.</summary>
    public WakeSignal Checks { get; } = new();

    /// <summary>An order waits for its payment page, or Midtrans is back.</summary>
    public WakeSignal Orders { get; } = new();

    /// <summary>An alert was raised or resolved.</summary>
    public WakeSignal Alerts { get; } = new();

    /// <summary>An operation was started or cancelled.</summary>
    public WakeSignal Operations { get; } = new();

    /// <summary>Every signal, for who wants to know of any commit.</summary>
    public IEnumerable<WakeSignal> All => [Outbox, Checks, Orders, Alerts, Operations];
}

/// <summary>Any number of wakes before a wait are one.</summary>
internal sealed class WakeSignal
{
    private readonly Channel<bool> _pending = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>For those who want to know beside the worker; called on the waker's thread, so be quick.</summary>
    public event Action? Woken;

    public void Wake()
    {
        _pending.Writer.TryWrite(true);
        Woken?.Invoke();
    }

    /// <summary>Returns at a wake, or after <paramref name="atMost"/>.</summary>
    /// <returns>True for a wake.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => patience.Cancel(), null, atMost, Timeout.InfiniteTimeSpan);
        try
        {
            return await _pending.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
