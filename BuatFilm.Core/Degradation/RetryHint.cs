namespace BuatFilm.Core.Degradation;

/// <summary>When a caller who was turned away should come back.</summary>
public static class RetryHint
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);

    private static readonly TimeSpan WidestSpread = TimeSpan.FromSeconds(15);

    /// <summary>The wait until the service is tried again, and a little more, so that those turned away do not all return at once.</summary>
    /// <param name="retryAt">When the breaker lets the next call through; null or past when it says nothing.</param>
    /// <param name="period">How often the service is looked at otherwise.</param>
    /// <param name="jitter">A random number in [0, 1).</param>
    /// <returns>From 1 s to 300 s.</returns>
    public static TimeSpan After(DateTimeOffset? retryAt, TimeSpan period, double jitter, DateTimeOffset now)
    {
        var wait = retryAt is { } at && at > now ? at - now : period;

        // A quarter, and for short waits two seconds: answers carry whole seconds.
        var spread = TimeSpan.FromTicks(Math.Clamp(wait.Ticks / 4, TimeSpan.FromSeconds(2).Ticks, WidestSpread.Ticks));
        var hint = wait + (spread * jitter);

        return hint < Shortest ? Shortest : hint > Longest ? Longest : hint;
    }
}
