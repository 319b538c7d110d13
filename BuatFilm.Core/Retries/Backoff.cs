namespace BuatFilm.Core.Retries;

/// <summary>Waits that double and never bunch at the cap.</summary>
/// <param name="Base">The first wait, before jitter; above zero.</param>
/// <param name="Cap">The longest wait, before jitter; at least <paramref name="Base"/>.</param>
public sealed record Backoff(TimeSpan Base, TimeSpan Cap)
{
    /// <summary>The wait before the next attempt.</summary>
    /// <param name="attempts">Attempts already made, from 1.</param>
    /// <param name="jitter">A random number in [0, 1). The caller draws it, so a test can pin it.</param>
    /// <returns>Between half and all of <see cref="Base"/> × 2^(<paramref name="attempts"/> − 1), capped at <see cref="Cap"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="attempts"/> is below 1, or <paramref name="jitter"/> is outside [0, 1).</exception>
    public TimeSpan After(int attempts, double jitter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(jitter);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(jitter, 1);

        // The exponent stops at 20, far above any cap, so that a long history cannot overflow.
        var full = Base * Math.Pow(2, Math.Min(attempts - 1, 20));
        var capped = full < Cap ? full : Cap;

        return capped / 2 * (1 + jitter);
    }
}
