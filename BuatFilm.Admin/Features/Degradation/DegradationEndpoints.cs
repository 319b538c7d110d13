using BuatFilm.Admin.Http;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Features.Degradation;

/// <summary><c>/api/ops/v1/degradation</c>: the level, why, and what it takes from the shop. From memory, so also while the database is away.</summary>
internal static class DegradationEndpoints
{
    public static void MapDegradationEndpoints(this IEndpointRouteBuilder routes)
    {
        var degradation = routes.MapOps("/degradation");
        degradation.MapGet("", (StatusBoard board) => TypedResults.Ok(DegradationReport.Of(board.Current)))
            .RequirePermission(Permissions.HealthDetails)
            .WithName("GetDegradation")
            .WithSummary("Says how far the shop is from its normal work, and what still works.");
        degradation.MapGet("/changes", ChangesAsync)
            .RequirePermission(Permissions.HealthDetails)
            .RequireService(ExternalService.Database)
            .WithName("ListDegradationChanges")
            .WithSummary("Lists the changes of the level, newest first.")
            .Produces<Page<DegradationChangeItem>>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> ChangesAsync(string? cursor, int? limit, DegradationQueries queries, CancellationToken cancellationToken) =>
        await queries.ChangesAsync(cursor, limit, cancellationToken) is { } page ? Results.Ok(page) : Problems.InvalidCursor();
}

/// <summary>The answer of <c>GET /api/ops/v1/degradation</c>, as this node sees it.</summary>
/// <param name="Since">Since when the level holds.</param>
/// <param name="Causes">The services that count as down.</param>
/// <param name="Held">Those among them that answer at the moment, but have come and gone too often lately.</param>
/// <param name="Outage">Null in calm times; a little longer than the level, for a relapse belongs to it.</param>
internal sealed record DegradationReport(
    string Level,
    DateTimeOffset Since,
    IReadOnlyList<string> Causes,
    IReadOnlyList<string> Held,
    OutageReport? Outage,
    IReadOnlyList<CapabilityReport> Capabilities)
{
    public static DegradationReport Of(StatusSnapshot snapshot)
    {
        var status = snapshot.Degradation;
        return new DegradationReport(
            WireName<DegradationLevel>.Of(status.Level),
            status.Since,
            [.. status.Causes.Select(ServiceName.Of)],
            [.. status.Held.Select(ServiceName.Of)],
            status.Outage is { } outage ? new OutageReport(outage.Since, WireName<DegradationLevel>.Of(outage.Worst), [.. outage.Services.Select(ServiceName.Of)]) : null,
            [.. snapshot.Capabilities.Select(CapabilityReport.Of)]);
    }
}

/// <param name="Services">Every service that was down in it.</param>
internal sealed record OutageReport(DateTimeOffset Since, string Worst, IReadOnlyList<string> Services);

/// <param name="State"><c>works</c>, <c>delayed</c> or <c>stopped</c>.</param>
/// <param name="Configured">False for a channel that this shop has not set up.</param>
internal sealed record CapabilityReport(string Capability, string State, IReadOnlyList<string> Causes, bool Configured)
{
    public static CapabilityReport Of(CapabilityStatus status) => new(
        WireName<Capability>.Of(status.Capability),
        WireName<CapabilityState>.Of(status.State),
        [.. status.Causes.Select(ServiceName.Of)],
        status.IsConfigured);
}
