using BuatFilm.Core.Retries;

namespace BuatFilm.Core.Outbox;

/// <summary>What becomes of a message after an attempt.</summary>
public enum DeliveryFate
{
    Sent,

    /// <summary>Tried again after a wait; the attempt counted.</summary>
    Retry,

    /// <summary>Tried again after a wait; nothing was sent, so nothing counted.</summary>
    Postpone,
    Dead,
}

/// <param name="Wait">Until the next attempt; zero for what is over.</param>
/// <param name="Cause">Why it is dead: <c>refused</c> or <c>attempts_used_up</c>; null otherwise.</param>
public sealed record DeliveryDecision(DeliveryFate Fate, TimeSpan Wait, string? Cause);

/// <summary>Decides what follows an attempt.</summary>
/// <param name="Backoff">The waits between attempts.</param>
/// <param name="UnknownFactor">How many times longer to wait when the message may have arrived; from 1.</param>
public sealed record DeliveryPolicy(Backoff Backoff, int UnknownFactor = 4)
{
    public const string Refused = "refused";
    public const string AttemptsUsedUp = "attempts_used_up";

    /// <summary>The provider had taken it, and reported later that it did not arrive.</summary>
    public const string Undeliverable = "undeliverable";

    /// <summary>The shortest wait after an attempt that was not one, so that a closed door is not hammered.</summary>
    private static readonly TimeSpan ShortestPostponement = TimeSpan.FromSeconds(1);

    /// <param name="attempt">Which attempt this was, in the count that is never reset.</param>
    /// <param name="limit">The attempt after which the message is dead, in the same count.</param>
    /// <param name="tried">Attempts made since the last requeue, from 1.</param>
    /// <param name="jitter">A random number in [0, 1).</param>
    public DeliveryDecision After(DeliveryOutcome outcome, int attempt, int limit, int tried, double jitter)
    {
        ArgumentNullException.ThrowIfNull(outcome);

        switch (outcome.Result)
        {
            case DeliveryResult.Delivered:
                return new(DeliveryFate.Sent, TimeSpan.Zero, null);
            case DeliveryResult.Refused:
                return new(DeliveryFate.Dead, TimeSpan.Zero, Refused);
            case DeliveryResult.NotTried:
                var asked = outcome.RetryAfter ?? ShortestPostponement;
                return new(DeliveryFate.Postpone, asked > ShortestPostponement ? asked : ShortestPostponement, null);
        }

        if (attempt >= limit)
        {
            return new(DeliveryFate.Dead, TimeSpan.Zero, AttemptsUsedUp);
        }

        var wait = Backoff.After(tried, jitter) * (outcome.Result == DeliveryResult.Unknown ? UnknownFactor : 1);
        return new(DeliveryFate.Retry, outcome.RetryAfter is { } told && told > wait ? told : wait, null);
    }
}
