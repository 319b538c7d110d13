using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>A service's last hour as a strip: the taller and redder, the worse; in words for those who do not see it.</summary>
public sealed partial class BreakerStrip
{
    [Parameter]
    [EditorRequired]
    public ExternalService Service { get; set; }

    /// <summary>Null before it is read: then the hour is only what is known of now.</summary>
    [Parameter]
    [EditorRequired]
    public BreakersPast? Past { get; set; }

    /// <summary>The living nodes, this one first.</summary>
    [Parameter]
    [EditorRequired]
    public required IReadOnlyList<BreakerOfNode> Nodes { get; set; }

    [Parameter]
    [EditorRequired]
    public required StatusSnapshot Status { get; set; }

    [Inject]
    public required IStringLocalizer<BreakersPageTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    [Inject]
    public required TimeProvider Time { get; init; }

    private StateStrip Strip => StateStrip.Of(Spans(), Time.GetUtcNow());

    private string Summary
    {
        get
        {
            var strip = Strip;
            var bad = new[] { BreakerState.Open, BreakerState.Isolated, BreakerState.HalfOpen }
                .Select(state => (State: state, Minutes: strip.MinutesIn(state)))
                .Where(part => part.Minutes > 0)
                .Select(part => Texts["Strip.Part", Names[$"State.{part.State}"].Value, part.Minutes].Value)
                .ToList();
            return bad.Count == 0 ? Texts["Strip.Calm"] : Texts["Strip.Label", string.Join(", ", bad)];
        }
    }

    private IEnumerable<Run> Runs
    {
        get
        {
            var minutes = Strip.Minutes;
            for (var from = 0; from < minutes.Length;)
            {
                var until = from + 1;
                while (until < minutes.Length && minutes[until] == minutes[from])
                {
                    until++;
                }

                yield return Run.Of(minutes[from], from, until - from);
                from = until;
            }
        }
    }

    private IEnumerable<StateSpan> Spans()
    {
        var now = Time.GetUtcNow();
        var moves = (Past?.Moves[Service] ?? []).GroupBy(move => move.NodeId).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var node in Nodes)
        {
            var own = moves.Remove(node.NodeId, out var found) ? found.ConvertAll(move => move.Move) : [];
            foreach (var span in StateStrip.SpansOf(own, StartOf(node.NodeId), now, WireName<BreakerState>.Parse(node.State)))
            {
                yield return span;
            }
        }

        // Of a node that lives no more counts what it wrote, while it lived.
        foreach (var gone in moves.Values)
        {
            var end = gone[0].StoppedAt ?? gone[^1].Move.At;
            foreach (var span in StateStrip.SpansOf(gone.ConvertAll(move => move.Move), gone[0].StartedAt ?? gone[0].Move.At, end, gone[^1].Move.To))
            {
                yield return span;
            }
        }
    }

    private DateTimeOffset StartOf(Guid node) =>
        Status.Cluster.Others.FirstOrDefault(other => other.NodeId == node)?.StartedAt ?? Status.Node.StartedAt;

    /// <summary>Minutes in a row that look alike.</summary>
    private sealed record Run(int From, int Length, string Class, int Height)
    {
        public static Run Of(BreakerState? state, int from, int length) => state switch
        {
            null => new(from, length, Tone.Neutral.Class(), 1),
            BreakerState.Closed => new(from, length, BreakerWords.ToneOf(BreakerState.Closed).Class(), 4),
            BreakerState.HalfOpen => new(from, length, BreakerWords.ToneOf(BreakerState.HalfOpen).Class(), 8),
            { } bad => new(from, length, BreakerWords.ToneOf(bad).Class(), 12),
        };
    }
}
