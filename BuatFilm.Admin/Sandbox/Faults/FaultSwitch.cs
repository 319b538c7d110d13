namespace BuatFilm.Admin.Sandbox.Faults;

/// <summary>The current fault of one stand-in, and the dice that say whom it meets.</summary>
internal sealed class FaultSwitch : IDisposable
{
    private readonly Lock _lock = new();
    private Fault _current = Fault.None;
    private Random _dice = new(Fault.None.Seed);
    private CancellationTokenSource _changed = new();
    private bool _disposed;

    public Fault Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>Sets the fault, restarts the dice, and wakes all who wait under the former one.</summary>
    public void Set(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);

        CancellationTokenSource former;
        lock (_lock)
        {
            former = _changed;
            _current = fault;
            _dice = new Random(fault.Seed);
            _changed = new CancellationTokenSource();
        }

        // Not disposed: a call that drew a moment ago may still be about to register with it, and there is no timer in it.
        former.Cancel();
    }

    /// <summary>Decides one call's fate.</summary>
    public FaultDraw Draw()
    {
        lock (_lock)
        {
            // The dice are thrown even at rate 1, so that a change of rate alone does not shift the sequence.
            var affected = _dice.NextDouble() < _current.Rate;
            var mode = affected ? _current.Mode : FaultMode.Ok;

            return new FaultDraw(mode, _current.Delay, _changed.Token);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _changed.Cancel();
        _changed.Dispose();
    }
}

/// <summary>What one call meets.</summary>
/// <param name="Changed">Cancelled when somebody sets another fault, and at the end of the stand-in.</param>
internal readonly record struct FaultDraw(FaultMode Mode, TimeSpan Delay, CancellationToken Changed)
{
    /// <summary>Waits out a slow answer.</summary>
    /// <remarks>Ends early when the fault is lifted: the call is then answered at once.</remarks>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public async Task DelayAsync(TimeProvider time, CancellationToken callerGone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Changed, callerGone);
        await Task.Delay(Delay, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        callerGone.ThrowIfCancellationRequested();
    }
}
