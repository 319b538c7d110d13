using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Live;

/// <summary>One service's breakers on all living nodes, as one. The worst of them makes the headline.</summary>
public record BreakerView
{
    /// <summary>From good to bad. A wish of an operator's holds everywhere, so it outweighs what single nodes found.</summary>
    private static readonly string[] FromGoodToBad =
    [
        WireName<BreakerState>.Of(BreakerState.Closed),
        WireName<BreakerState>.Of(BreakerState.HalfOpen),
        WireName<BreakerState>.Of(BreakerState.Open),
        WireName<BreakerState>.Of(BreakerState.Isolated),
    ];

    private static readonly string Unhealthy = WireName<ServiceHealth>.Of(ServiceHealth.Unhealthy);

    private BreakerView(string service, BreakerOfNode worst, OverrideReport? wish, IReadOnlyList<BreakerOfNode> nodes)
    {
        Service = service;
        Report = worst.Breaker;
        IsReadyToProbe = worst.IsReadyToProbe;
        Override = wish;
        Nodes = nodes;
    }

    /// <summary>The lower-case name.</summary>
    public string Service { get; }

    /// <summary><c>closed</c>, <c>half_open</c>, <c>open</c> or <c>isolated</c>: the worst of all nodes.</summary>
    public string State => Report.State;

    /// <summary>Who decides: <c>automatic</c>, <c>isolated</c>, <c>disabled</c> or <c>monitor_only</c>.</summary>
    public string Mode => Report.Mode;

    public string Health => Report.Health;

    public DateTimeOffset? Since => Report.Since;

    /// <summary>When the next trial call may go, for an open breaker.</summary>
    public DateTimeOffset? RetryAt => Report.RetryAt;

    /// <summary>True when the break is over and the trial has not begun.</summary>
    public bool IsReadyToProbe { get; }

    /// <summary>On how many of the nodes it is not closed.</summary>
    public int OpenNodes => Nodes.Count(node => node.State != FromGoodToBad[0]);

    public FaultReport? Fault => Nodes.Select(node => node.Fault).FirstOrDefault(fault => fault is not null);

    public OverrideReport? Override { get; }

    /// <summary>This node's calls.</summary>
    public FiguresReport? Figures => Nodes[0].Figures;

    /// <summary>This node first.</summary>
    public IReadOnlyList<BreakerOfNode> Nodes { get; }

    private BreakerReport Report { get; }

    /// <param name="now">By this machine's clock.</param>
    public static BreakerView Of(StatusSnapshot snapshot, ExternalService service, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(snapshot);

        var name = ServiceName.Of(service);
        var own = snapshot.Services[service];
        List<BreakerOfNode> nodes =
        [
            new(snapshot.SelfId, snapshot.Node.MachineName, BreakerReport.Of(own), now),
            .. snapshot.Cluster.Others
                .Select(node => (Node: node, Report: BreakerReport.OfJson(node.Breakers).GetValueOrDefault(name)))
                .Where(node => node.Report is not null)
                .Select(node => new BreakerOfNode(node.Node.NodeId, node.Node.Machine, node.Report!, now)),
        ];

        // The first of equals: this node's own word before another's.
        var worst = nodes.MaxBy(node => (Array.IndexOf(FromGoodToBad, node.State), node.Fault is not null, node.Health == Unhealthy))!;
        var wish = own.Override is { } applied ? OverrideReport.Of(name, applied, nodes) : null;
        return new BreakerView(name, worst, wish, nodes);
    }

    /// <summary>All four.</summary>
    public static IReadOnlyList<BreakerView> All(StatusSnapshot snapshot, DateTimeOffset now) =>
        [.. Enum.GetValues<ExternalService>().Select(service => Of(snapshot, service, now))];
}

/// <summary>One node's breaker.</summary>
public sealed class BreakerOfNode(Guid nodeId, string machine, BreakerReport breaker, DateTimeOffset now)
{
    public Guid NodeId => nodeId;

    public string Machine => machine;

    public string State => breaker.State;

    public string Mode => breaker.Mode;

    public string Health => breaker.Health;

    public DateTimeOffset? Since => breaker.Since;

    public DateTimeOffset? RetryAt => breaker.RetryAt;

    public bool IsReadyToProbe { get; } = breaker.State == WireName<BreakerState>.Of(BreakerState.Open) && breaker.RetryAt <= now;

    public DateTimeOffset? CheckedAt => breaker.CheckedAt;

    public FaultReport? Fault => breaker.Fault;

    public FiguresReport? Figures => breaker.Figures;

    internal BreakerReport Breaker => breaker;
}

/// <summary>An operator's wish, and which nodes have applied it.</summary>
/// <param name="Mode"><c>isolated</c>, <c>disabled</c> or <c>monitor_only</c>.</param>
public sealed record OverrideReport(
    string Service,
    string Mode,
    string Reason,
    string Actor,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    long Revision,
    IReadOnlyList<Guid> AppliedBy)
{
    internal static OverrideReport Of(string service, OverrideStatus wish, IEnumerable<BreakerOfNode> nodes) => new(
        service,
        WireName<BreakerMode>.Of(wish.Mode),
        wish.Reason,
        wish.Actor,
        wish.CreatedAt,
        wish.ExpiresAt,
        wish.Revision,
        [.. nodes.Where(node => node.Breaker.OverrideRevision >= wish.Revision).Select(node => node.NodeId)]);
}
