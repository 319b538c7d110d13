using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>The way to one external service: a breaker around an attempt with a deadline.</summary>
/// <remarks>
/// No retry in here: the outbox row and the order's queue own the long retry, and a second layer would multiply it.
/// The deadline sits inside the breaker, which would else count a hung call as a success, or hang in half-open.
/// </remarks>
internal sealed class ServicePipeline
{
    private static readonly ResiliencePropertyKey<CancellationToken> CallerToken = new("caller");

    private readonly ResiliencePipeline _pipeline;
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly TimeProvider _time;
    private readonly Action<BreakerChange> _changed;
    private long _retryAtTicks;
    private int _hasAnswered;

    public ServicePipeline(ExternalService service, BreakerOptions options, TimeProvider time, Action<BreakerChange> changed)
    {
        Service = service;
        _time = time;
        _changed = changed;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time, Name = service.ToString() }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = options.SamplingDuration,
                BreakDuration = options.BreakDuration,
                BreakDurationGenerator = arguments => new(Break(options, arguments.HalfOpenAttempts)),
                StateProvider = _state,
                ShouldHandle = arguments => new(IsOutage(arguments.Outcome, arguments.Context)),

                // Callbacks run in the caller that tripped the breaker: hand over and return.
                OnOpened = arguments =>
                {
                    var retryAt = time.GetUtcNow() + arguments.BreakDuration;
                    Interlocked.Exchange(ref _retryAtTicks, retryAt.UtcTicks);
                    changed(new BreakerChange(service, arguments.IsManual ? BreakerState.Isolated : BreakerState.Open, time.GetUtcNow(), retryAt));
                    return default;
                },
                OnHalfOpened = _ =>
                {
                    changed(new BreakerChange(service, BreakerState.HalfOpen, time.GetUtcNow(), null));
                    return default;
                },
                OnClosed = _ =>
                {
                    Volatile.Write(ref _hasAnswered, 1);
                    changed(new BreakerChange(service, BreakerState.Closed, time.GetUtcNow(), null));
                    return default;
                },
            })
            .AddTimeout(options.AttemptTimeout)
            .Build();
    }

    public ExternalService Service { get; }

    public BreakerState State => _state.CircuitState switch
    {
        CircuitState.Closed => BreakerState.Closed,
        CircuitState.Open => BreakerState.Open,
        CircuitState.HalfOpen => BreakerState.HalfOpen,
        CircuitState.Isolated => BreakerState.Isolated,
    };

    /// <summary>How much may be started now: nothing while open, one trial call once the break has ended, else everything.</summary>
    /// <remarks>Polly turns half-open only when somebody calls; so after the break this says one, and that call is the trial.</remarks>
    public int Admits(int wanted) => State switch
    {
        BreakerState.Closed => wanted,
        BreakerState.Open => _time.GetUtcNow().UtcTicks >= Interlocked.Read(ref _retryAtTicks) ? Math.Min(1, wanted) : 0,
        BreakerState.HalfOpen => 0,
        BreakerState.Isolated => 0,
    };

    /// <summary>Calls the service, unless its breaker is open.</summary>
    /// <param name="call">One attempt. It reports failures of the service as an answer, and lets cancellation through.</param>
    /// <param name="refused">Makes the answer for "not called", from the time until the next trial.</param>
    /// <param name="timedOut">Makes the answer for an attempt that outlived its deadline.</param>
    /// <param name="cancellationToken">The caller's; its end is no fault of the service.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> call, Func<TimeSpan?, T> refused, Func<T> timedOut, CancellationToken cancellationToken)
        where T : class, IServiceAnswer
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(CallerToken, cancellationToken);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                async (inner, attempt) =>
                {
                    try
                    {
                        return Outcome.FromResult(await attempt(inner.CancellationToken));
                    }
#pragma warning disable CA1031 // An outcome carries every exception to the predicate and to the caller below.
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
                    NoteFirstAnswer(outcome.Result!);
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

    /// <summary>Until the first answer nobody knows whether the service works; from then on the breaker's changes tell.</summary>
    private void NoteFirstAnswer(IServiceAnswer answer)
    {
        if (answer.Verdict == ServiceVerdict.Answered && State == BreakerState.Closed && Interlocked.Exchange(ref _hasAnswered, 1) == 0)
        {
            _changed(new BreakerChange(Service, BreakerState.Closed, _time.GetUtcNow(), null));
        }
    }

    private bool IsOutage(Outcome<object> outcome, ResilienceContext context) => outcome.Exception switch
    {
        null => outcome.Result is IServiceAnswer { Verdict: ServiceVerdict.Outage or ServiceVerdict.Throttled },
        TimeoutRejectedException => true,

        // Whatever is not handled counts as a success, and a success closes a half-open breaker: a caller who
        // gives up during the trial call has proved nothing.
        OperationCanceledException => _state.CircuitState == CircuitState.HalfOpen
            || !context.Properties.GetValue(CallerToken, default).IsCancellationRequested,

        // A bug of ours: it says nothing of the service, but it is no proof of health either.
        _ => _state.CircuitState == CircuitState.HalfOpen,
    };

    private static TimeSpan Break(BreakerOptions options, int halfOpenAttempts)
    {
        var full = options.BreakDuration * Math.Pow(2, Math.Min(halfOpenAttempts, 16));
        return full < options.MaxBreakDuration ? full : options.MaxBreakDuration;
    }
}

/// <summary>A breaker that changed its state.</summary>
/// <param name="RetryAt">When the next trial call may go, for a breaker that opened.</param>
internal sealed record BreakerChange(ExternalService Service, BreakerState State, DateTimeOffset At, DateTimeOffset? RetryAt);
