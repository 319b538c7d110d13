using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core.Breakers;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Integrations.Resilience;

public sealed class RollingStatsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));
    private readonly RollingStats _stats;

    public RollingStatsTests() => _stats = new RollingStats(TimeSpan.FromSeconds(60), _time);

    [Fact]
    public void Snapshot_CountsEveryCallByItsEnd_WithinTheWindowAndInAll()
    {
        foreach (var kind in Enum.GetValues<CallKind>())
        {
            for (var call = 0; call <= (int)kind; call++)
            {
                Record(kind, TimeSpan.Zero);
            }
        }

        var expected = new CallCounts(1, 2, 3, 4, 5, 6, 7, 8, 9);
        var seen = _stats.Snapshot(3, null);
        Assert.Equal((expected, expected, 3, 0), (seen.Recent, seen.Total, seen.OutagesInARow, seen.InFlight));
        Assert.Equal((15L, 12L, 0.8), (seen.Recent.Decisive, seen.Recent.Failures, seen.Recent.FailureRatio));

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(expected, _stats.Snapshot(0, null).Recent);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal((CallCounts.None, expected), (_stats.Snapshot(0, null).Recent, _stats.Snapshot(0, null).Total));
    }

    [Fact]
    public void Percentiles_AreExactToAnEighth_AndLeaveRefusedCallsOut()
    {
        var still = new RollingStats(TimeSpan.FromHours(1), _time);
        foreach (var milliseconds in Enumerable.Range(1, 1000))
        {
            var beganAt = still.Begin();
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            still.End(beganAt, new CallEnd(CallKind.Success, null));
            still.End(still.Begin(), new CallEnd(CallKind.ShortCircuited, null));
        }

        var whole = still.Snapshot(0, null);
        Assert.InRange(whole.P50!.Value.TotalMilliseconds, 500 * 0.875, 500 * 1.125);
        Assert.InRange(whole.P95!.Value.TotalMilliseconds, 950 * 0.875, 950 * 1.125);
        Assert.InRange(whole.P99!.Value.TotalMilliseconds, 990 * 0.875, 990 * 1.125);
    }

    [Fact]
    public void Latencies_FromNothingToDays_HaveABucketThatSaysThemBack()
    {
        foreach (var latency in new[] { TimeSpan.FromSeconds(-1), TimeSpan.Zero, TimeSpan.FromMicroseconds(7), TimeSpan.FromMicroseconds(8), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(75), TimeSpan.FromHours(4), TimeSpan.FromDays(30) })
        {
            var counts = new long[LatencyHistogram.Buckets];
            counts[LatencyHistogram.BucketOf(latency)] = 1;

            var told = LatencyHistogram.Percentile(counts, 1, 0.5)!.Value;

            if (latency > TimeSpan.Zero && latency < TimeSpan.FromHours(4.5))
            {
                Assert.InRange(told, latency * 0.875, latency * 1.125);
            }
        }

        Assert.Null(LatencyHistogram.Percentile(new long[LatencyHistogram.Buckets], 0, 0.5));
    }

    [Fact]
    public void Failures_AreRememberedByClassAndTime_TheNewestFirst()
    {
        for (var failure = 0; failure < 20; failure++)
        {
            End(CallKind.Outage, $"class-{failure}");
            End(CallKind.Refusal, "http_400");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var notes = _stats.Snapshot(0, null).LastFailures;

        Assert.Equal(["class-19", "class-18", "class-17", "class-16", "class-15", "class-14", "class-13", "class-12"], notes.Select(note => note.Class));
        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromSeconds(1), notes[0].At);
    }

    [Fact]
    public void LastHour_HasAMinuteForEachThatHadCalls()
    {
        Record(CallKind.Success, TimeSpan.FromMilliseconds(100));
        _time.Advance(TimeSpan.FromMinutes(30));
        Record(CallKind.Outage, TimeSpan.Zero);
        Record(CallKind.ShortCircuited, TimeSpan.Zero);
        _time.Advance(TimeSpan.FromMinutes(29));

        var hour = _stats.Snapshot(0, null).LastHour;
        Assert.Equal([(1L, 0L, 0L), (1L, 1L, 1L)], hour.Select(minute => (minute.Calls, minute.Failures, minute.ShortCircuited)));
        Assert.Equal(TimeSpan.FromMinutes(30), hour[1].At - hour[0].At);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Single(_stats.Snapshot(0, null).LastHour);
    }

    [Fact]
    public void Snapshots_OfNothingNew_AreTheSame()
    {
        Record(CallKind.Success, TimeSpan.FromMilliseconds(3));
        Record(CallKind.Outage, TimeSpan.FromMilliseconds(3));
        var first = _stats.Snapshot(0, null);

        _time.Advance(TimeSpan.FromMilliseconds(400));

        Assert.True(first.IsSameAs(_stats.Snapshot(0, null)));
        Assert.False(first.IsSameAs(_stats.Snapshot(1, null)));
        Record(CallKind.Outage, TimeSpan.Zero);
        Assert.False(first.IsSameAs(_stats.Snapshot(0, null)));
    }

    [Fact]
    public void Recording_FromManyThreads_LosesNothing()
    {
        var stats = new RollingStats(TimeSpan.FromHours(1), TimeProvider.System);

        Parallel.For(0, 8, _ =>
        {
            for (var call = 0; call < 10_000; call++)
            {
                stats.End(stats.Begin(), new CallEnd(CallKind.Success, null));
            }
        });

        Assert.Equal((80_000L, 0), (stats.Snapshot(0, null).Total.Successes, stats.Snapshot(0, null).InFlight));
    }

    [Fact]
    public void Recording_CostsNoMemory()
    {
        var stats = new RollingStats(TimeSpan.FromSeconds(60), TimeProvider.System);
        stats.End(stats.Begin(), new CallEnd(CallKind.Success, null));
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var call = 0; call < 10_000; call++)
        {
            stats.End(stats.Begin(), new CallEnd(CallKind.Success, null));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Record(CallKind kind, TimeSpan latency)
    {
        var beganAt = _stats.Begin();
        _time.Advance(latency);
        _stats.End(beganAt, new CallEnd(kind, null));
    }

    private void End(CallKind kind, string code) => _stats.End(_stats.Begin(), new CallEnd(kind, code));
}
