namespace BuatFilm.Core.Retries;

/// <summary>How much a service is asked for in the first seconds after it came back: 1, 2, 4, … at once, so that what waited does not knock it over again.</summary>
public static class Ramp
{
    private const int LongestSeconds = 16;

    /// <param name="limit">What is under way at once in ordinary times; from 1.</param>
    /// <param name="sinceReturn">Since the service is back; null when it was never away.</param>
    /// <returns>From 1 to <paramref name="limit"/>; it doubles every second.</returns>
    public static int Of(int limit, TimeSpan? sinceReturn)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);

        return sinceReturn is { } since && since < TimeSpan.FromSeconds(LongestSeconds)
            ? Math.Min(limit, 1 << (int)Math.Max(0, since.TotalSeconds))
            : limit;
    }
}
