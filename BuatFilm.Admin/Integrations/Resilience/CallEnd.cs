using BuatFilm.Core.Breakers;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>How one call ended.</summary>
/// <param name="Class">Of a failure, such as <c>timeout</c>; never a text.</param>
internal readonly record struct CallEnd(CallKind Kind, string? Class)
{
    public const string Timeout = "timeout";

    /// <summary>A bug of ours.</summary>
    public static CallEnd Internal => new(CallKind.Internal, "internal");

    /// <param name="caller">The caller's own token: its end is no fault of the service.</param>
    public static CallEnd Of<T>(in Outcome<T> outcome, CancellationToken caller) => outcome.Exception switch
    {
        null => Of(outcome.Result as IServiceAnswer),
        BrokenCircuitException => new(CallKind.ShortCircuited, null),
        TimeoutRejectedException => new(CallKind.TimedOut, Timeout),
        OperationCanceledException when caller.IsCancellationRequested => new(CallKind.Cancelled, null),

        // Somebody's deadline within the call.
        OperationCanceledException => new(CallKind.TimedOut, Timeout),
        _ => Internal,
    };

    private static CallEnd Of(IServiceAnswer? answer) => answer?.Verdict switch
    {
        ServiceVerdict.Answered => answer.IsRefusal ? new(CallKind.Refusal, answer.Code) : new(CallKind.Success, null),
        ServiceVerdict.Outage => new(string.Equals(answer.Code, Timeout, StringComparison.Ordinal) ? CallKind.TimedOut : CallKind.Outage, answer.Code ?? "outage"),
        ServiceVerdict.Throttled => new(CallKind.Throttled, answer.Code ?? "throttled"),
        ServiceVerdict.Misconfigured => new(CallKind.Misconfigured, answer.Code ?? "misconfigured"),
        ServiceVerdict.NotCalled => new(CallKind.Cancelled, null),
        null => Internal,
    };
}
