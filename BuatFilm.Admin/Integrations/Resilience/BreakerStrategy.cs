using Polly;
using Polly.CircuitBreaker;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>Stands where Polly's breaker strategy would: asks the pipeline whether this call may go, and tells it how it ended.</summary>
/// <remarks>
/// Polly's own decides by every call that passes it, also by one from before the break that ends during the trial, and
/// lets any customer be the trial. Here the pipeline says which call is the trial, and tells Polly of those that count.
/// </remarks>
internal sealed class BreakerStrategy(ServicePipeline pipeline) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state)
    {
        var caller = context.CancellationToken;
        var pass = pipeline.Enter();
        if (pass.Kind == CallPassKind.Refused)
        {
            return Outcome.FromException<TResult>(pass.RetryAfter is { } wait ? new BrokenCircuitException("Not called: the breaker is open.", wait) : new IsolatedCircuitException());
        }

        var end = CallEnd.Internal;
        try
        {
            var outcome = await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
            end = CallEnd.Of(outcome, caller);
            return outcome;
        }
        finally
        {
            // Whatever happens: a trial without an end would keep everybody waiting for ever.
            pipeline.Leave(pass, end);
        }
    }
}

/// <summary>What the pipeline allowed one call.</summary>
/// <param name="Generation">Of the breaker's states: an end that belongs to an earlier one decides nothing.</param>
/// <param name="RetryAfter">For a refused call, the time until the next trial; null while an operator holds the breaker open.</param>
internal readonly record struct CallPass(CallPassKind Kind, int Generation, bool IsProbe, Trial? Trial, TimeSpan? RetryAfter);

internal enum CallPassKind
{
    Refused,

    /// <summary>It goes through, and its end counts.</summary>
    Counted,

    /// <summary>It goes through whatever the breaker thinks: an operator wants it so.</summary>
    Free,

    /// <summary>It is the trial.</summary>
    Trial,
}
