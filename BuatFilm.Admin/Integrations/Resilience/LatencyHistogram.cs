using System.Numerics;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>Latencies in 256 buckets of growing width, eight to an octave of microseconds: a kilobyte, and exact to an eighth.</summary>
internal static class LatencyHistogram
{
    public const int Buckets = 256;

    private const int SubBits = 3;
    private const int SubBuckets = 1 << SubBits;

    /// <summary>The bucket of a latency; what is longer than hours goes into the last.</summary>
    public static int BucketOf(TimeSpan latency)
    {
        var microseconds = (ulong)Math.Max(0, latency.Ticks / TimeSpan.TicksPerMicrosecond);
        if (microseconds < SubBuckets)
        {
            return (int)microseconds;
        }

        var shift = BitOperations.Log2(microseconds) - SubBits;
        return Math.Min(Buckets - 1, ((shift + 1) * SubBuckets) + (int)((microseconds >> shift) & (SubBuckets - 1)));
    }

    /// <summary>The latency within which the share of all calls ended.</summary>
    /// <param name="counts">Calls by bucket.</param>
    /// <param name="total">Their sum.</param>
    /// <param name="share">Above 0, up to 1.</param>
    /// <returns>Null without a call.</returns>
    public static TimeSpan? Percentile(ReadOnlySpan<long> counts, long total, double share)
    {
        if (total == 0)
        {
            return null;
        }

        var rank = (long)Math.Ceiling(share * total);
        var seen = 0L;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            seen += counts[bucket];
            if (seen >= rank)
            {
                return MiddleOf(bucket);
            }
        }

        return MiddleOf(counts.Length - 1);
    }

    private static TimeSpan MiddleOf(int bucket)
    {
        if (bucket < SubBuckets)
        {
            return TimeSpan.FromMicroseconds(bucket);
        }

        var shift = (bucket / SubBuckets) - 1;
        var lowest = (long)(SubBuckets + (bucket % SubBuckets)) << shift;
        return TimeSpan.FromMicroseconds(lowest + ((1L << shift) / 2));
    }
}
