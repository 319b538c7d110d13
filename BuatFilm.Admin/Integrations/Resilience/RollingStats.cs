using System.Collections.Immutable;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>What the calls of one pipeline came to: within the breaker's window, over the last hour, and in all.</summary>
/// <remarks>
/// Recording takes one short lock and no memory. The window is cut into sixty slots, so its edge is off by a sixtieth;
/// Polly's own is by a tenth.
/// </remarks>
internal sealed class RollingStats
{
    private const int Slots = 60;
    private const int KeptFailures = 8;

    private static readonly int Kinds = Enum.GetValues<CallKind>().Length;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _windowLength;
    private readonly Ring _window;
    private readonly Ring _hour;
    private readonly long[] _total = new long[Kinds];
    private readonly FailureNote?[] _failures = new FailureNote?[KeptFailures];
    private int _failureCount;
    private int _inFlight;

    public RollingStats(TimeSpan window, TimeProvider time)
    {
        _time = time;
        _windowLength = window;
        _window = new Ring((long)(window.TotalSeconds / Slots * time.TimestampFrequency));
        _hour = new Ring(60 * time.TimestampFrequency);
    }

    /// <summary>A call began.</summary>
    /// <returns>The timestamp from which its latency counts.</returns>
    public long Begin()
    {
        Interlocked.Increment(ref _inFlight);
        return _time.GetTimestamp();
    }

    /// <summary>The call ended.</summary>
    public void End(long beganAt, CallEnd end)
    {
        Interlocked.Decrement(ref _inFlight);
        lock (_lock)
        {
            // Read under the lock: else a late comer could turn a slot back.
            var now = _time.GetTimestamp();
            var bucket = end.Kind.HasLatency() ? LatencyHistogram.BucketOf(_time.GetElapsedTime(beganAt, now)) : -1;
            _window.Record(now, end.Kind, bucket);
            _hour.Record(now, end.Kind, bucket);
            _total[(int)end.Kind]++;
            if (end.Kind.IsFailure())
            {
                _failures[_failureCount++ % KeptFailures] = new FailureNote(end.Class ?? "", _time.GetUtcNow());
            }
        }
    }

    /// <summary>Everything as it stands now.</summary>
    public CallFigures Snapshot(int outagesInARow, ShadowFigures? shadow)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            Span<long> latencies = stackalloc long[LatencyHistogram.Buckets];
            Span<long> counts = stackalloc long[Kinds];
            _window.Sum(now, counts, latencies);
            var measured = 0L;
            foreach (var count in latencies)
            {
                measured += count;
            }

            return new CallFigures(
                _windowLength,
                CountsOf(counts),
                CountsOf(_total),
                outagesInARow,
                Volatile.Read(ref _inFlight),
                LatencyHistogram.Percentile(latencies, measured, 0.5),
                LatencyHistogram.Percentile(latencies, measured, 0.95),
                LatencyHistogram.Percentile(latencies, measured, 0.99),
                shadow)
            {
                LastFailures = LastFailures(),
                LastHour = _hour.Minutes(now, _time.GetUtcNow()),
            };
        }
    }

    private static CallCounts CountsOf(ReadOnlySpan<long> counts) => new(
        counts[(int)CallKind.Success],
        counts[(int)CallKind.Refusal],
        counts[(int)CallKind.Outage],
        counts[(int)CallKind.TimedOut],
        counts[(int)CallKind.Throttled],
        counts[(int)CallKind.Misconfigured],
        counts[(int)CallKind.Cancelled],
        counts[(int)CallKind.ShortCircuited],
        counts[(int)CallKind.Internal]);

    private ImmutableArray<FailureNote> LastFailures()
    {
        var notes = ImmutableArray.CreateBuilder<FailureNote>();
        for (var index = _failureCount - 1; index >= 0 && index >= _failureCount - KeptFailures; index--)
        {
            notes.Add(_failures[index % KeptFailures]!);
        }

        return notes.DrainToImmutable();
    }

    /// <summary>Sixty slots of equal length, each reset when its time comes round again.</summary>
    /// <param name="slotLength">In the time provider's ticks.</param>
    private sealed class Ring(long slotLength)
    {
        private readonly Slot[] _slots = [.. Enumerable.Range(0, Slots).Select(_ => new Slot(Kinds))];

        public void Record(long now, CallKind kind, int bucket)
        {
            var number = now / slotLength;
            var slot = _slots[number % Slots];
            if (slot.Number != number)
            {
                slot.Reset(number);
            }

            slot.Counts[(int)kind]++;
            if (bucket >= 0)
            {
                slot.Latencies[bucket]++;
            }
        }

        public void Sum(long now, Span<long> counts, Span<long> latencies)
        {
            var number = now / slotLength;
            foreach (var slot in _slots)
            {
                if (slot.Number > number - Slots)
                {
                    slot.AddTo(counts, latencies);
                }
            }
        }

        public ImmutableArray<MinuteFigures> Minutes(long now, DateTimeOffset utcNow)
        {
            var number = now / slotLength;
            var began = utcNow - TimeSpan.FromMinutes((double)(now % slotLength) / slotLength);
            var minutes = ImmutableArray.CreateBuilder<MinuteFigures>();
            Span<long> counts = stackalloc long[Kinds];
            Span<long> latencies = stackalloc long[LatencyHistogram.Buckets];
            for (var earlier = Slots - 1; earlier >= 0; earlier--)
            {
                var wanted = number - earlier;
                var slot = wanted < 0 ? null : _slots[wanted % Slots];
                if (slot is null || slot.Number != wanted)
                {
                    continue;
                }

                counts.Clear();
                latencies.Clear();
                slot.AddTo(counts, latencies);
                var all = CountsOf(counts);
                var measured = 0L;
                foreach (var count in latencies)
                {
                    measured += count;
                }

                // Whole seconds: else every look at the same minute would differ by some microseconds.
                var at = Round(began - TimeSpan.FromMinutes(earlier));
                minutes.Add(new MinuteFigures(at, all.Decisive, all.Failures, all.ShortCircuited, LatencyHistogram.Percentile(latencies, measured, 0.95)));
            }

            return minutes.DrainToImmutable();
        }

        private static DateTimeOffset Round(DateTimeOffset at) => new((at.UtcTicks + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
    }

    private sealed class Slot(int kinds)
    {
        public long Number { get; private set; } = -1;

        public int[] Counts { get; } = new int[kinds];

        public int[] Latencies { get; } = new int[LatencyHistogram.Buckets];

        public void Reset(long number)
        {
            Number = number;
            Array.Clear(Counts);
            Array.Clear(Latencies);
        }

        public void AddTo(Span<long> counts, Span<long> latencies)
        {
            for (var kind = 0; kind < Counts.Length; kind++)
            {
                counts[kind] += Counts[kind];
            }

            for (var bucket = 0; bucket < Latencies.Length; bucket++)
            {
                latencies[bucket] += Latencies[bucket];
            }
        }
    }
}
