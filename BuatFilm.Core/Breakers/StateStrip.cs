using System.Collections.Immutable;

namespace BuatFilm.Core.Breakers;

/// <summary>One node's breaker was in one state for a while.</summary>
public sealed record StateSpan(BreakerState State, DateTimeOffset From, DateTimeOffset Until);

/// <summary>One node's breaker moved.</summary>
public sealed record StateMove(BreakerState From, BreakerState To, DateTimeOffset At);

/// <summary>A service's last hour, minute by minute: the worst state of all nodes in each, oldest first; null where no node is known to have lived.</summary>
public sealed record StateStrip(ImmutableArray<BreakerState?> Minutes)
{
    public const int Length = 60;

    /// <summary>The strip of the hour that ends at <paramref name="now"/>.</summary>
    public static StateStrip Of(IEnumerable<StateSpan> spans, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(spans);

        var minutes = new BreakerState?[Length];
        var start = now.AddMinutes(-Length);
        foreach (var span in spans.Where(span => span.Until > start && span.From < now))
        {
            // A state that lasts no longer than a blink still colours its minute.
            var first = Math.Max(0, (int)Math.Floor((span.From - start).TotalMinutes));
            var last = Math.Min(Length - 1, (int)Math.Ceiling((span.Until - start).TotalMinutes) - 1);
            for (var minute = first; minute <= Math.Max(first, last); minute++)
            {
                minutes[minute] = minutes[minute] is { } known && Rank(known) > Rank(span.State) ? known : span.State;
            }
        }

        return new StateStrip([.. minutes]);
    }

    /// <summary>What a node's breaker went through.</summary>
    /// <param name="moves">Within the hour, oldest first.</param>
    /// <param name="since">From when on the node lived, or is known to.</param>
    /// <param name="until">To when it lived: now, or when it stopped.</param>
    /// <param name="last">Its state when it was last heard of; counts when it did not move.</param>
    public static IEnumerable<StateSpan> SpansOf(IReadOnlyList<StateMove> moves, DateTimeOffset since, DateTimeOffset until, BreakerState last)
    {
        ArgumentNullException.ThrowIfNull(moves);

        return moves is []
            ? [new StateSpan(last, since, until)]
            : [new StateSpan(moves[0].From, since, moves[0].At), .. moves.Select((move, index) => new StateSpan(move.To, move.At, index + 1 < moves.Count ? moves[index + 1].At : until))];
    }

    /// <summary>In how many of the minutes it was so at the worst.</summary>
    public int MinutesIn(BreakerState state) => Minutes.Count(minute => minute == state);

    private static int Rank(BreakerState state) => state switch
    {
        BreakerState.Closed => 0,
        BreakerState.HalfOpen => 1,
        BreakerState.Open => 2,
        BreakerState.Isolated => 3,
    };
}
