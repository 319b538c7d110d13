using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>A breaker with what it decides by, and what it has seen on this node.</summary>
internal sealed record BreakerDetails : BreakerView
{
    public BreakerDetails(BreakerView view, BreakerOptions options, CallFigures? figures)
        : base(view)
    {
        Limits = BreakerLimits.Of(options);
        LastFailures = [.. (figures?.LastFailures ?? []).Select(failure => new BreakerFailure(failure.Class, failure.At))];
        LastHour = [.. (figures?.LastHour ?? []).Select(minute => new BreakerMinute(minute.At, minute.Calls, minute.Failures, minute.ShortCircuited, minute.P95?.TotalMilliseconds))];
    }

    public BreakerLimits Limits { get; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<BreakerFailure> LastFailures { get; }

    /// <summary>Oldest minute first; minutes without a call are left out.</summary>
    public IReadOnlyList<BreakerMinute> LastHour { get; }
}

/// <summary>The settings of a breaker; durations in seconds.</summary>
public sealed record BreakerLimits(
    double AttemptTimeoutSeconds,
    double FailureRatio,
    int MinimumThroughput,
    double SamplingSeconds,
    double BreakSeconds,
    double MaxBreakSeconds,
    int ConsecutiveFailures)
{
    internal static BreakerLimits Of(BreakerOptions options) => new(
        options.AttemptTimeout.TotalSeconds,
        options.FailureRatio,
        options.MinimumThroughput,
        options.SamplingDuration.TotalSeconds,
        options.BreakDuration.TotalSeconds,
        options.MaxBreakDuration.TotalSeconds,
        options.ConsecutiveFailures);
}

internal sealed record BreakerFailure(string Class, DateTimeOffset At);

internal sealed record BreakerMinute(DateTimeOffset At, long Calls, long Failures, long ShortCircuited, double? P95Ms);
