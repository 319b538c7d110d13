using System.Threading.Channels;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>The way to one external service: observer, then breaker, then the attempt with its deadline.</summary>
/// <remarks>
/// No retry in here: the outbox row and the order's queue own the long retry, and a second layer would multiply it.
/// The deadline sits inside the breaker, which else would take a hung call for no call at all.
/// Customers are not guinea pigs: after the break the service is tried by the one call that was chosen for it, see <see cref="Trial"/>.
/// </remarks>
internal sealed class ServicePipeline
{
    /// <summary>So long after the end of a break anybody may be the trial: whoever grants trials is not at work.</summary>
    public static readonly TimeSpan AttendantSilence = TimeSpan.FromSeconds(15);

    /// <summary>What a refused caller is told to wait at least: a trial may be under way.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly ResiliencePipeline _pipeline;
    private readonly RollingStats _stats;
    private readonly BreakerOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<double> _random;
    private readonly Action<BreakerChange> _changed;
    private readonly Channel<bool> _suspicions = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Circuit _circuit;
    private BreakerMode _mode;
    private Circuit? _shadow;
    private long _shadowOpened;
    private long _shadowRefused;
    private ServiceFault? _fault;
    private DateTimeOffset? _deferredUntil;
    private Trial? _trial;
    private int _generation;
    private bool _isAttended;
    private bool _hasAnswered;
    private int _shown = (int)BreakerState.Closed;
    private long _lastAnswerTicks;
    private int _returns;

    /// <param name="changed">Told of every change, in order, under the lock: hand over and return.</param>
    /// <param name="misconfiguredPause">How long nothing is called after the service has refused our configuration; 5 min when left out.</param>
    /// <param name="random">Numbers in [0, 1) that spread the breaks; left out, nothing is spread.</param>
    public ServicePipeline(ExternalService service, BreakerOptions options, TimeProvider time, Action<BreakerChange> changed, TimeSpan? misconfiguredPause = null, Func<double>? random = null)
    {
        Service = service;
        MisconfiguredPause = misconfiguredPause ?? TimeSpan.FromMinutes(5);
        _options = options;
        _time = time;
        _changed = changed;
        _random = random ?? (() => 0.5);
        _stats = new RollingStats(options.SamplingDuration, time);
        _circuit = new Circuit(options, time, _random);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time, Name = service.ToString() }
            .AddStrategy(_ => new CallObserver(_stats))
            .AddStrategy(_ => new BreakerStrategy(this))
            .AddTimeout(options.AttemptTimeout)
            .Build();
    }

    public ExternalService Service { get; }

    public TimeSpan MisconfiguredPause { get; }

    public BreakerOptions Options => _options;

    public BreakerState State => (BreakerState)Volatile.Read(ref _shown);

    /// <summary>What the service refuses of ours; null when nothing.</summary>
    public ServiceFault? Fault => Volatile.Read(ref _fault);

    public BreakerMode Mode
    {
        get
        {
            lock (_lock)
            {
                return _mode;
            }
        }
    }

    /// <summary>How often the service could be used again after a time in which it could not. Who waits for a return compares two looks, and so misses none, however short the outage.</summary>
    public int Returns => Volatile.Read(ref _returns);

    /// <summary>When the service last answered, by this machine's clock; null before it has.</summary>
    public DateTimeOffset? LastAnswerAt => Interlocked.Read(ref _lastAnswerTicks) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>True while only a trial may go: the breaker is open, or the service refused our configuration.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_lock)
            {
                return IsHeldNow;
            }
        }
    }

    /// <summary>True when a trial could be granted now.</summary>
    public bool IsTrialDue
    {
        get
        {
            lock (_lock)
            {
                return MayTry;
            }
        }
    }

    /// <summary>Until the next trial may go; zero when nothing is held, or when it may go now.</summary>
    public TimeSpan HeldFor
    {
        get
        {
            lock (_lock)
            {
                var left = IsHeldNow ? RetryAt - _time.GetUtcNow() : TimeSpan.Zero;
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Read once for each outage that left the breaker closed; several that nobody has read yet are one.</summary>
    public ChannelReader<bool> Suspicions => _suspicions.Reader;

    private bool IsHeldNow => _circuit.IsOpen || _fault is { PausedUntil: not null };

    /// <summary>The end of the break or of the pause, whichever comes later.</summary>
    private DateTimeOffset BreakEndsAt
    {
        get
        {
            var paused = _fault?.PausedUntil ?? DateTimeOffset.MinValue;
            return _circuit.IsOpen && _circuit.RetryAt > paused ? _circuit.RetryAt : paused;
        }
    }

    private DateTimeOffset RetryAt => _deferredUntil is { } later && later > BreakEndsAt ? later : BreakEndsAt;

    private bool MayTry => _mode == BreakerMode.Automatic && IsHeldNow && _trial is null && _time.GetUtcNow() >= BreakEndsAt;

    private bool IsOpenToAnybody => _trial is null && _time.GetUtcNow() >= (_isAttended ? RetryAt + AttendantSilence : RetryAt);

    /// <summary>How much work may be started now: none while open, one call that was granted the trial, else everything.</summary>
    public int Admits(int wanted)
    {
        lock (_lock)
        {
            var admitted = _mode switch
            {
                BreakerMode.Isolated => 0,
                BreakerMode.Disabled or BreakerMode.MonitorOnly => wanted,
                BreakerMode.Automatic when IsHeldNow => _trial is { IsRunning: false, IsForProbe: false } || IsOpenToAnybody ? 1 : 0,

                // Until one has gone well, one at a time.
                BreakerMode.Automatic => _circuit.IsOnProbation ? 1 : wanted,
            };

            return Math.Min(admitted, wanted);
        }
    }

    /// <summary>Calls the service, unless its breaker is open.</summary>
    /// <param name="call">One attempt. It reports failures of the service as an answer, and lets cancellation through.</param>
    /// <param name="refused">Makes the answer for "not called", from the time until the next trial; null while an operator holds the breaker open.</param>
    /// <param name="timedOut">Makes the answer for an attempt that outlived its deadline.</param>
    /// <param name="cancellationToken">The caller's; its end is no fault of the service.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> call, Func<TimeSpan?, T> refused, Func<T> timedOut, CancellationToken cancellationToken)
        where T : class, IServiceAnswer
    {
        cancellationToken.ThrowIfCancellationRequested();
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static async (inner, attempt) =>
                {
                    try
                    {
                        return Outcome.FromResult(await attempt(inner.CancellationToken));
                    }
#pragma warning disable CA1031 // An outcome carries every exception to the breaker and to the caller below.
                    catch (Exception exception)
#pragma warning restore CA1031
                    {
                        return Outcome.FromException<T>(exception);
                    }
                },
                context,
                call);

            switch (outcome.Exception)
            {
                case null:
                    return outcome.Result!;
                case BrokenCircuitException broken:
                    return refused(broken.RetryAfter);
                case TimeoutRejectedException:
                    return timedOut();
                default:
                    outcome.ThrowIfException();
                    throw outcome.Exception;
            }
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The calls so far, for people.</summary>
    public CallFigures Snapshot()
    {
        lock (_lock)
        {
            return SnapshotNow();
        }
    }

    /// <summary>From now on somebody grants the trials: nobody else becomes one, unless that somebody falls silent.</summary>
    public void Attend()
    {
        lock (_lock)
        {
            _isAttended = true;
        }
    }

    /// <summary>Grants the next trial.</summary>
    /// <param name="toProbe">True for a probe, false for whatever work comes next.</param>
    /// <returns>Null when none is due.</returns>
    public Trial? GrantTrial(bool toProbe)
    {
        lock (_lock)
        {
            if (!MayTry)
            {
                return null;
            }

            _deferredUntil = null;
            return _trial = new Trial(toProbe);
        }
    }

    /// <summary>Takes a granted trial back.</summary>
    /// <returns>False when a call has begun it, or it is over.</returns>
    public bool RevokeTrial(Trial trial)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_trial, trial) || trial.IsRunning)
            {
                return false;
            }

            _trial = null;
            trial.End();
            return true;
        }
    }

    /// <summary>Somebody else holds the right to try: nothing is tried here before <paramref name="until"/>, unless it is granted after all.</summary>
    public void DeferTrial(DateTimeOffset until)
    {
        lock (_lock)
        {
            // Two clocks never agree to the millisecond; only a real delay is news.
            if (IsHeldNow && _trial is null && until - RetryAt > ShortestWait)
            {
                _deferredUntil = until;
                Announce(BreakerCause.TrialDeferred);
            }
        }
    }

    /// <summary>There is reason to believe that the service is back: the next trial may go now.</summary>
    public void EndBreak()
    {
        lock (_lock)
        {
            if (_circuit.IsOpen && _trial is null && _time.GetUtcNow() < RetryAt)
            {
                _deferredUntil = null;
                _circuit.EndBreak();
                Announce(BreakerCause.BreakEnded);
            }
        }
    }

    /// <summary>A setting of ours changed: what the service refused may be right now, so the next call goes.</summary>
    public void EndPause()
    {
        lock (_lock)
        {
            if (_fault is { PausedUntil: not null } fault && _trial is not { IsRunning: true })
            {
                _trial?.End();
                _trial = null;
                _generation++;
                Volatile.Write(ref _fault, fault with { PausedUntil = null });
                Announce(BreakerCause.ConfigurationChanged);
            }
        }
    }

    /// <summary>Gives the breaker to an operator's wish, or back to the calls.</summary>
    public void SetMode(BreakerMode mode, BreakerCause cause)
    {
        lock (_lock)
        {
            if (_mode == mode)
            {
                return;
            }

            _mode = mode;
            _generation++;
            _shadow = mode == BreakerMode.MonitorOnly ? new Circuit(_options, _time, _random) : null;
            _shadowOpened = _shadowRefused = 0;
            if (_trial is { IsRunning: false } unused)
            {
                _trial = null;
                unused.End();
            }

            Announce(cause);
        }
    }

    /// <summary>For the strategy: may a call go now?</summary>
    internal CallPass Enter()
    {
        var isProbe = ProbeScope.IsActive;
        lock (_lock)
        {
            if (_mode == BreakerMode.Isolated)
            {
                return new CallPass(CallPassKind.Refused, _generation, isProbe, null, null);
            }

            if (_mode is BreakerMode.Disabled or BreakerMode.MonitorOnly)
            {
                return new CallPass(CallPassKind.Free, _generation, isProbe, null, null);
            }

            if (!IsHeldNow)
            {
                return new CallPass(CallPassKind.Counted, _generation, isProbe, null, null);
            }

            if (_trial is { IsRunning: false } granted ? granted.IsForProbe != isProbe : !IsOpenToAnybody)
            {
                var wait = RetryAt - _time.GetUtcNow();
                return new CallPass(CallPassKind.Refused, _generation, isProbe, null, wait > ShortestWait ? wait : ShortestWait);
            }

            var trial = _trial ??= new Trial(isProbe);
            trial.Begin();
            if (_circuit.IsOpen)
            {
                Announce(BreakerCause.TrialBegan);
            }

            return new CallPass(CallPassKind.Trial, _generation, isProbe, trial, null);
        }
    }

    /// <summary>For the strategy: so it ended.</summary>
    internal void Leave(CallPass pass, CallEnd end)
    {
        if (end.Kind.IsAnswer())
        {
            Interlocked.Exchange(ref _lastAnswerTicks, _time.GetUtcNow().UtcTicks);
        }

        lock (_lock)
        {
            switch (pass.Kind)
            {
                case CallPassKind.Trial:
                    EndTrial(pass, end);
                    break;
                case CallPassKind.Counted when pass.Generation == _generation:
                    Learn(pass.IsProbe, end);
                    break;
                case CallPassKind.Free when pass.Generation == _generation:
                    Watch(pass.IsProbe, end);
                    break;
            }

            if (end.Kind.IsAnswer() && !_hasAnswered && State == BreakerState.Closed)
            {
                _hasAnswered = true;
                Announce(BreakerCause.FirstAnswer);
            }
        }
    }

    private void Learn(bool isProbe, CallEnd end)
    {
        if (end.Kind == CallKind.Misconfigured)
        {
            Pause(end);
            return;
        }

        if (end.Kind.IsAnswer())
        {
            _circuit.Learn(isOutage: false, isProbe);
            if (_fault is not null)
            {
                Volatile.Write(ref _fault, null);
                Announce(BreakerCause.ConfigurationAccepted);
            }
        }
        else if (end.Kind.IsOutage())
        {
            if (_circuit.Learn(isOutage: true, isProbe) is { } cause)
            {
                _generation++;
                Announce(cause, end);
            }
            else
            {
                _suspicions.Writer.TryWrite(true);
            }
        }
    }

    /// <summary>What the breaker would do if it had a say.</summary>
    private void Watch(bool isProbe, CallEnd end)
    {
        if (_shadow is not { } shadow || !(end.Kind.IsAnswer() || end.Kind.IsOutage()))
        {
            return;
        }

        if (!shadow.IsOpen)
        {
            _shadowOpened += shadow.Learn(end.Kind.IsOutage(), isProbe) is null ? 0 : 1;
        }
        else if (_time.GetUtcNow() < shadow.RetryAt)
        {
            _shadowRefused++;
        }
        else if (end.Kind.IsAnswer())
        {
            shadow.TrialSucceeded(isProbe);
        }
        else
        {
            shadow.TrialFailed();
        }
    }

    private void EndTrial(CallPass pass, CallEnd end)
    {
        _trial = null;
        _generation++;
        pass.Trial!.End();
        var wasOpen = _circuit.IsOpen;
        if (end.Kind.IsAnswer() || end.Kind == CallKind.Misconfigured)
        {
            // Also a refusal of our configuration is an answer: the service is there.
            if (wasOpen)
            {
                _circuit.TrialSucceeded(pass.IsProbe);
            }

            if (end.Kind == CallKind.Misconfigured)
            {
                Pause(end);
                return;
            }

            _hasAnswered = true;
            Volatile.Write(ref _fault, null);
            Announce(wasOpen ? BreakerCause.TrialSucceeded : BreakerCause.ConfigurationAccepted, end);
        }
        else if (wasOpen)
        {
            // A caller who gave up, or a bug of ours, has proved nothing.
            _circuit.TrialFailed();
            Announce(BreakerCause.TrialFailed, end);
        }
        else if (end.Kind.IsOutage())
        {
            _circuit.Learn(isOutage: true, pass.IsProbe);
            Pause(end with { Class = _fault!.Class });
        }
    }

    private void Pause(CallEnd end)
    {
        var now = _time.GetUtcNow();
        _generation++;
        Volatile.Write(ref _fault, new ServiceFault(end.Class!, _fault?.Since ?? now, now + MisconfiguredPause));
        Announce(BreakerCause.Misconfigured, end);
    }

    /// <summary>Tells of a change. The figures go along when the state is another one.</summary>
    /// <param name="end">The call that caused it, which the observer has not counted yet.</param>
    private void Announce(BreakerCause cause, CallEnd? end = null)
    {
        var from = (BreakerState)_shown;
        var state = _mode switch
        {
            BreakerMode.Isolated => BreakerState.Isolated,
            BreakerMode.Disabled or BreakerMode.MonitorOnly => BreakerState.Closed,
            BreakerMode.Automatic when !_circuit.IsOpen => BreakerState.Closed,
            BreakerMode.Automatic => _trial is { IsRunning: true } ? BreakerState.HalfOpen : BreakerState.Open,
        };
        _deferredUntil = IsHeldNow ? _deferredUntil : null;
        Volatile.Write(ref _shown, (int)state);
        if (state == BreakerState.Closed && (from != BreakerState.Closed || cause is BreakerCause.ConfigurationAccepted or BreakerCause.ConfigurationChanged))
        {
            _returns++;
        }

        _changed(new BreakerChange(Service, state, _time.GetUtcNow(), state == BreakerState.Open ? RetryAt : null)
        {
            From = from,
            Cause = cause,
            Mode = _mode,
            Fault = _fault,
            Figures = state == from ? null : FiguresWith(end),
        });
    }

    private CallFigures FiguresWith(CallEnd? end) => end is { } call
        ? SnapshotNow().With(call.Kind, call.Kind.IsFailure() ? new FailureNote(call.Class ?? "", _time.GetUtcNow()) : null)
        : SnapshotNow();

    private CallFigures SnapshotNow() => _stats.Snapshot(
        _circuit.OutagesInARow,
        _shadow is { } shadow ? new ShadowFigures(shadow.IsOpen ? BreakerState.Open : BreakerState.Closed, _shadowOpened, _shadowRefused) : null);
}
