using Polly;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>The outermost strategy: sees every call once, also those that the breaker refuses, and remembers what came of it.</summary>
internal sealed class CallObserver(RollingStats stats) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state)
    {
        var caller = context.CancellationToken;
        var beganAt = stats.Begin();
        var end = CallEnd.Internal;
        try
        {
            var outcome = await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
            end = CallEnd.Of(outcome, caller);
            return outcome;
        }
        finally
        {
            stats.End(beganAt, end);
        }
    }
}
