using System.Collections.Immutable;

namespace BuatFilm.Core.Breakers;

/// <summary>Calls by the way they ended.</summary>
public sealed record CallCounts(
    long Successes,
    long Refusals,
    long Outages,
    long TimedOut,
    long Throttled,
    long Misconfigured,
    long Cancelled,
    long ShortCircuited,
    long Internal)
{
    public static CallCounts None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Calls that say whether the service works.</summary>
    public long Decisive => Successes + Refusals + Failures;

    public long Failures => Outages + TimedOut + Throttled;

    /// <summary>The share of decisive calls that failed, from 0 to 1; 0 when there were none.</summary>
    public double FailureRatio => Decisive == 0 ? 0 : (double)Failures / Decisive;

    /// <summary>With one call more.</summary>
    public CallCounts Plus(CallKind kind) => kind switch
    {
        CallKind.Success => this with { Successes = Successes + 1 },
        CallKind.Refusal => this with { Refusals = Refusals + 1 },
        CallKind.Outage => this with { Outages = Outages + 1 },
        CallKind.TimedOut => this with { TimedOut = TimedOut + 1 },
        CallKind.Throttled => this with { Throttled = Throttled + 1 },
        CallKind.Misconfigured => this with { Misconfigured = Misconfigured + 1 },
        CallKind.Cancelled => this with { Cancelled = Cancelled + 1 },
        CallKind.ShortCircuited => this with { ShortCircuited = ShortCircuited + 1 },
        CallKind.Internal => this with { Internal = Internal + 1 },
    };

    public long Of(CallKind kind) => kind switch
    {
        CallKind.Success => Successes,
        CallKind.Refusal => Refusals,
        CallKind.Outage => Outages,
        CallKind.TimedOut => TimedOut,
        CallKind.Throttled => Throttled,
        CallKind.Misconfigured => Misconfigured,
        CallKind.Cancelled => Cancelled,
        CallKind.ShortCircuited => ShortCircuited,
        CallKind.Internal => Internal,
    };
}

/// <summary>A failure as it is remembered: its class, never its text.</summary>
public sealed record FailureNote(string Class, DateTimeOffset At);

/// <summary>One minute of calls.</summary>
/// <param name="At">When it began, to within a second.</param>
/// <param name="P95">The time within which 95 of 100 calls were answered; null without a call.</param>
public sealed record MinuteFigures(DateTimeOffset At, long Calls, long Failures, long ShortCircuited, TimeSpan? P95);

/// <summary>What a breaker would have done while it only watches.</summary>
/// <param name="TimesOpened">How often it would have opened since it began to watch.</param>
/// <param name="WouldHaveRefused">Calls that it would have refused.</param>
public sealed record ShadowFigures(BreakerState State, long TimesOpened, long WouldHaveRefused);

/// <summary>The calls of one node to one service, as far as they are remembered.</summary>
/// <param name="Window">How far back <see cref="Recent"/> looks: as far as the breaker does.</param>
/// <param name="Total">Since the start of the process.</param>
/// <param name="OutagesInARow">Outages without an answer in between.</param>
/// <param name="InFlight">Calls under way.</param>
/// <param name="P50">Latencies within the window, to an eighth; null without a call.</param>
public sealed record CallFigures(
    TimeSpan Window,
    CallCounts Recent,
    CallCounts Total,
    int OutagesInARow,
    int InFlight,
    TimeSpan? P50,
    TimeSpan? P95,
    TimeSpan? P99,
    ShadowFigures? Shadow)
{
    /// <summary>The last failures, newest first.</summary>
    public ImmutableArray<FailureNote> LastFailures { get; init; } = [];

    /// <summary>The last hour, oldest minute first; minutes without a call are left out.</summary>
    public ImmutableArray<MinuteFigures> LastHour { get; init; } = [];

    /// <summary>With a call that is just ending: what it moves is told before it is counted.</summary>
    /// <param name="failure">Of a failure, how it is remembered.</param>
    public CallFigures With(CallKind kind, FailureNote? failure) => this with
    {
        Recent = Recent.Plus(kind),
        Total = Total.Plus(kind),
        InFlight = Math.Max(0, InFlight - 1),
        LastFailures = failure is null ? LastFailures : LastFailures.Insert(0, failure),
    };

    /// <summary>True when nothing differs; lists are compared by what is in them.</summary>
    public bool IsSameAs(CallFigures? other) =>
        other is not null
        && this with { LastFailures = other.LastFailures, LastHour = other.LastHour } == other
        && LastFailures.SequenceEqual(other.LastFailures)
        && LastHour.SequenceEqual(other.LastHour);
}
