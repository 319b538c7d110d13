using BuatFilm.Core.Breakers;
using BuatFilm.Core.Retries;

namespace BuatFilm.Core.Outbox;

/// <summary>What becomes of a message after an attempt.</summary>
public enum DeliveryFate
{
    Sent,

    /// <summary>Tried again after a wait; the attempt counted.</summary>
    Retry,

    /// <summary>Tried again after a wait; it costs the message none of its attempts.</summary>
    Postpone,
    Dead,
}

/// <param name="Wait">Until the next attempt; zero for what is over.</param>
/// <param name="Cause">Why it is dead: <c>refused</c> or <c>attempts_used_up</c>; null otherwise.</param>
/// <param name="IsStalled">True when it waits for the service rather than for itself: the service's return ends the wait.</param>
public sealed record DeliveryDecision(DeliveryFate Fate, TimeSpan Wait, string? Cause, bool IsStalled = false);

/// <summary>Where a message stood when an attempt was made.</summary>
/// <param name="Attempt">Which attempt this was, in the count that is never reset.</param>
/// <param name="Limit">The attempt after which the message is dead, in the same count.</param>
/// <param name="Tried">Attempts since it was last queued that counted, from 1.</param>
/// <param name="Age">Since the message was made.</param>
public sealed record DeliveryStanding(int Attempt, int Limit, int Tried, TimeSpan Age);

/// <summary>Decides what follows an attempt.</summary>
/// <remarks>
/// A service that is down or asks everybody to slow down fails whatever it is given; that says nothing of the message,
/// so it costs none of its attempts while the message is younger than <see cref="OutageGrace"/>. What may have arrived
/// (<see cref="DeliveryResult.Unknown"/>) counts all the same: its attempts are also the most doubles the customer can get.
/// </remarks>
/// <param name="Backoff">The waits between attempts.</param>
/// <param name="OutageGrace">The age up to which outages cost a message nothing; zero for a channel whose address is its own matter.</param>
/// <param name="UnknownFactor">How many times longer to wait when the message may have arrived; from 1.</param>
public sealed record DeliveryPolicy(Backoff Backoff, TimeSpan OutageGrace, int UnknownFactor = 4)
{
    public const string Refused = "refused";
    public const string AttemptsUsedUp = "attempts_used_up";

    /// <summary>The provider had taken it, and reported later that it did not arrive.</summary>
    public const string Undeliverable = "undeliverable";

    /// <summary>The shortest wait after an attempt that was not one, so that a closed door is not hammered.</summary>
    private static readonly TimeSpan ShortestPostponement = TimeSpan.FromSeconds(1);

    /// <summary>Where the wait of a message that met an outage stops doubling; from there on it is the breaker that spares the service.</summary>
    private const int OutageDoublings = 6;

    /// <param name="jitter">A random number in [0, 1).</param>
    public DeliveryDecision After(DeliveryOutcome outcome, DeliveryStanding standing, double jitter)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(standing);

        switch (outcome.Result)
        {
            case DeliveryResult.Delivered:
                return new(DeliveryFate.Sent, TimeSpan.Zero, null);
            case DeliveryResult.Refused:
                return new(DeliveryFate.Dead, TimeSpan.Zero, Refused);
            case DeliveryResult.NotTried:
                return new(DeliveryFate.Postpone, Longer(ShortestPostponement, outcome.RetryAfter), null, IsStalled: outcome.Verdict != ServiceVerdict.Answered);
        }

        var isOutage = outcome.Verdict is ServiceVerdict.Outage or ServiceVerdict.Throttled;
        if (isOutage && outcome.Result == DeliveryResult.Failed && standing.Age < OutageGrace)
        {
            // By all attempts, for the others stand still meanwhile.
            var pause = Backoff.After(Math.Clamp(standing.Attempt, 1, OutageDoublings), jitter);
            return new(DeliveryFate.Postpone, Longer(pause, outcome.RetryAfter), null, IsStalled: true);
        }

        if (standing.Attempt >= standing.Limit)
        {
            return new(DeliveryFate.Dead, TimeSpan.Zero, AttemptsUsedUp);
        }

        var wait = Backoff.After(standing.Tried, jitter);
        if (outcome.Result == DeliveryResult.Unknown)
        {
            wait *= UnknownFactor;
            wait = wait < Backoff.Cap ? wait : Backoff.Cap;
        }

        return new(DeliveryFate.Retry, Longer(wait, outcome.RetryAfter), null, isOutage);
    }

    private static TimeSpan Longer(TimeSpan wait, TimeSpan? asked) => asked is { } told && told > wait ? told : wait;
}
