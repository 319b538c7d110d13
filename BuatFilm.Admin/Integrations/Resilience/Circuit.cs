using BuatFilm.Core.Breakers;
using Polly;
using Polly.CircuitBreaker;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>The decision of one breaker: Polly's ratio over a window, or outages in a row however long they take to come.</summary>
/// <remarks>
/// The calls run outside; Polly is told how they ended. So what says nothing (a caller who gave up, a bug of ours, a
/// call from before the break) is simply not told, where Polly would take it for a success, and close.
/// Not for several threads at once: the pipeline holds its lock.
/// </remarks>
internal sealed class Circuit
{
    /// <summary>A break becomes a fifth shorter or longer at the most, so that nodes do not try together.</summary>
    private const double JitterSpan = 0.4;

    private const int MaxDoublings = 16;

    private readonly BreakerOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<double> _random;
    private ResiliencePipeline<ServiceVerdict> _polly;
    private CircuitBreakerStateProvider _state;
    private TimeSpan? _givenBreak;
    private int _failedTrials;
    private int _workOutages;
    private int _probeOutages;
    private DateTimeOffset? _probationUntil;

    /// <param name="random">Numbers in [0, 1) that spread the breaks; 0.5 spreads nothing.</param>
    public Circuit(BreakerOptions options, TimeProvider time, Func<double> random)
    {
        _options = options;
        _time = time;
        _random = random;
        (_polly, _state) = Build();
    }

    public bool IsOpen => _state.CircuitState != CircuitState.Closed;

    /// <summary>The end of the break, while open.</summary>
    public DateTimeOffset RetryAt { get; private set; }

    /// <summary>Outages without an answer in between.</summary>
    public int OutagesInARow => _workOutages + _probeOutages;

    /// <summary>True after a probe alone has closed it: the first work that fails opens it again.</summary>
    /// <remarks>A server may greet, and then fail every message. The probe would close it, and every break cost five of them.</remarks>
    public bool IsOnProbation => _probationUntil > _time.GetUtcNow();

    /// <summary>Learns how a call ended while closed.</summary>
    /// <returns>Why it opened; null when it did not.</returns>
    public BreakerCause? Learn(bool isOutage, bool isProbe)
    {
        if (_probationUntil <= _time.GetUtcNow())
        {
            LeaveProbation();
        }

        if (!isOutage)
        {
            LearnAnswer(isProbe);
            return null;
        }

        if (isProbe)
        {
            _probeOutages++;
        }
        else
        {
            _workOutages++;
        }

        Tell(ServiceVerdict.Outage);
        if (IsOnProbation && !isProbe)
        {
            _failedTrials++;
            Trip();
            return BreakerCause.ProbationFailed;
        }

        if (OutagesInARow >= _options.ConsecutiveFailures)
        {
            Trip();
            return BreakerCause.ConsecutiveOutages;
        }

        return IsOpen ? BreakerCause.FailureRatio : null;
    }

    /// <summary>The trial call was answered: closed, with everything forgotten.</summary>
    public void TrialSucceeded(bool isProbe)
    {
        // A success within Polly's own break would be ignored; a new one begins closed.
        Tell(ServiceVerdict.Answered);
        if (IsOpen)
        {
            (_polly, _state) = Build();
        }

        _workOutages = _probeOutages = 0;
        if (isProbe)
        {
            _probationUntil = _time.GetUtcNow() + _options.SamplingDuration;
        }
        else
        {
            LeaveProbation();
        }
    }

    /// <summary>The trial call failed: open for twice as long.</summary>
    public void TrialFailed()
    {
        _failedTrials++;
        Tell(ServiceVerdict.Outage);
        if (!IsOpen || RetryAt <= _time.GetUtcNow())
        {
            Trip();
        }
    }

    /// <summary>Lets the next trial go now.</summary>
    public void EndBreak()
    {
        _givenBreak = TimeSpan.Zero;
        Trip();
        _givenBreak = null;
    }

    private void LearnAnswer(bool isProbe)
    {
        _probeOutages = 0;
        if (isProbe)
        {
            if (_workOutages > 0)
            {
                // It says nothing of the work that fails; counted, it would keep the ratio down for ever.
                return;
            }
        }
        else
        {
            _workOutages = 0;
            LeaveProbation();
        }

        Tell(ServiceVerdict.Answered);
    }

    private void LeaveProbation()
    {
        _probationUntil = null;
        _failedTrials = 0;
    }

    /// <summary>Opens it now, by outages told to a Polly that knows of no success: within a window full of them it would take as many.</summary>
    private void Trip()
    {
        (_polly, _state) = Build();
        for (var told = 0; told < _options.MinimumThroughput; told++)
        {
            Tell(ServiceVerdict.Outage);
        }
    }

    /// <remarks>Completes at once: the call it reports is over, and Polly has no callback to wait for.</remarks>
    private void Tell(ServiceVerdict verdict)
    {
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        try
        {
            var told = _polly.ExecuteOutcomeAsync(static (_, verdict) => new ValueTask<Outcome<ServiceVerdict>>(Outcome.FromResult(verdict)), context, verdict);
            _ = told.IsCompleted ? told.Result : throw new InvalidOperationException("The breaker did not decide at once.");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private (ResiliencePipeline<ServiceVerdict> Polly, CircuitBreakerStateProvider State) Build()
    {
        var state = new CircuitBreakerStateProvider();

        // No telemetry: Polly would log results, under its lock.
        var polly = new ResiliencePipelineBuilder<ServiceVerdict> { TimeProvider = _time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<ServiceVerdict>
            {
                FailureRatio = _options.FailureRatio,
                MinimumThroughput = _options.MinimumThroughput,
                SamplingDuration = _options.SamplingDuration,
                BreakDuration = _options.BreakDuration,
                BreakDurationGenerator = _ => new(BeginBreak()),
                StateProvider = state,
                ShouldHandle = static arguments => new(arguments.Outcome.Result != ServiceVerdict.Answered),
            })
            .Build();

        return (polly, state);
    }

    private TimeSpan BeginBreak()
    {
        var duration = _givenBreak ?? NextBreak();
        RetryAt = _time.GetUtcNow() + duration;
        return duration;
    }

    private TimeSpan NextBreak()
    {
        var full = _options.BreakDuration * Math.Pow(2, Math.Min(_failedTrials, MaxDoublings));
        var capped = full < _options.MaxBreakDuration ? full : _options.MaxBreakDuration;
        var spread = capped * (1 - (JitterSpan / 2) + (JitterSpan * _random()));

        return spread < _options.MaxBreakDuration ? spread : _options.MaxBreakDuration;
    }
}
