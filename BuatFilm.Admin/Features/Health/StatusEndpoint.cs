using BuatFilm.Admin.Http;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;
using Microsoft.AspNetCore.Mvc;

namespace BuatFilm.Admin.Features.Health;

/// <summary><c>GET /api/ops/v1/status</c>: the level, why, the breakers of all nodes and what waits. From memory, so it answers while the database is away.</summary>
internal static class StatusEndpoint
{
    public static void MapStatus(this IEndpointRouteBuilder routes) =>
        routes.MapOps().MapGet("/status", GetStatusAsync)
            .RequirePermission(Permissions.HealthDetails)
            .WithName("GetStatus")
            .WithSummary("Says how the shop is: its level, its breakers on all nodes, its outbox.")
            .Produces<StatusAnswer>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);

    internal static async Task<IResult> GetStatusAsync([FromServices] StatusBoard board, [FromServices] OutboxFiguresProbe outbox, [FromServices] TimeProvider time, CancellationToken cancellationToken)
    {
        await outbox.RefreshAsync(cancellationToken);
        return Results.Json(StatusAnswer.Of(board.Current, time.GetUtcNow()), ApiJson.Options);
    }
}

/// <summary>The answer of <c>GET /api/ops/v1/status</c>.</summary>
/// <param name="Level"><c>normal</c>, <c>degraded</c>, <c>severe</c> or <c>emergency</c>.</param>
/// <param name="Causes">The services that are down, by their lower-case names.</param>
/// <param name="Since">When that level began.</param>
/// <param name="Outbox">Left out until it has been counted once: a zero would be a claim.</param>
/// <param name="Nodes">The nodes that are alive, this one first.</param>
internal sealed record StatusAnswer(
    string Level,
    IReadOnlyList<string> Causes,
    DateTimeOffset Since,
    IReadOnlyList<BreakerView> Breakers,
    OutboxAnswer? Outbox,
    IReadOnlyList<NodeAnswer> Nodes)
{
    public static StatusAnswer Of(StatusSnapshot snapshot, DateTimeOffset now) => new(
        WireName<DegradationLevel>.Of(snapshot.Degradation.Level),
        [.. snapshot.Degradation.Causes.Select(ServiceName.Of)],
        snapshot.Degradation.Since,
        BreakerView.All(snapshot, now),
        snapshot.Outbox is { } outbox ? new OutboxAnswer(outbox.Pending, Math.Round(outbox.Oldest.TotalSeconds, 3), outbox.Dead, outbox.At) : null,
        [
            new NodeAnswer(snapshot.SelfId, snapshot.Node.MachineName, Environment.ProcessId, snapshot.Node.StartedAt, now, IsSelf: true),
            .. snapshot.Cluster.Others.Select(node => new NodeAnswer(node.NodeId, node.Machine, node.ProcessId, node.StartedAt.ToUniversalTime(), node.ReportedAt?.ToUniversalTime(), IsSelf: false)),
        ]);
}

/// <param name="Pending">Messages to deliver, counted up to 10,001.</param>
/// <param name="OldestSeconds">How long the message that is due longest has been due.</param>
/// <param name="Dlq">Dead letters, counted up to 10,001.</param>
/// <param name="CountedAt">When they were counted.</param>
internal sealed record OutboxAnswer(long Pending, double OldestSeconds, long Dlq, DateTimeOffset CountedAt);

/// <param name="ReportedAt">When it last said so.</param>
/// <param name="IsSelf">True for the one that answers.</param>
internal sealed record NodeAnswer(Guid NodeId, string Machine, int ProcessId, DateTimeOffset StartedAt, DateTimeOffset? ReportedAt, bool IsSelf);
