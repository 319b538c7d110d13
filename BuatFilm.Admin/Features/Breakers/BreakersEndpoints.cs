using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary><c>/api/ops/v1/breakers</c>: how they stand, what moved them, and an operator's wish.</summary>
internal static class BreakersEndpoints
{
    private const int MaxBodyBytes = 16 * 1024;

    public static void MapBreakerRoutes(this IEndpointRouteBuilder routes)
    {
        var breakers = routes.MapOps("/breakers");
        breakers.MapGet("", GetBreakers)
            .RequirePermission(Permissions.BreakersRead)
            .WithName("GetBreakers")
            .WithSummary("Says how the four breakers stand, on all nodes.")
            .Produces<Page<BreakerDetails>>();
        breakers.MapGet("/{service}/transitions", GetTransitionsAsync)
            .RequirePermission(Permissions.BreakersRead)
            .WithName("GetBreakerTransitions")
            .WithSummary("Lists what moved a breaker, newest first.")
            .Produces<Page<BreakerTransitionItem>>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        breakers.MapPost("/{service}/override", OverrideAsync)
            .RequirePermission(Permissions.BreakersOverride)
            .WithName("OverrideBreaker")
            .WithSummary("Holds a breaker open, lets everything through it, or has it only watch, on all nodes and for a while.")
            .Accepts<OverrideRequest>("application/json")
            .Produces<OverrideReport>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        breakers.MapDelete("/{service}/override", ReleaseAsync)
            .RequirePermission(Permissions.BreakersOverride)
            .WithName("ReleaseBreaker")
            .WithSummary("Lets the calls decide again; nothing happens when they do already.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult GetBreakers(StatusBoard board, ServicePipelines pipelines, TimeProvider time)
    {
        var snapshot = board.Current;
        var now = time.GetUtcNow();
        var items = Enum.GetValues<ExternalService>()
            .Select(service => new BreakerDetails(BreakerView.Of(snapshot, service, now), pipelines[service].Options, snapshot[service].Figures))
            .ToList();

        return Results.Json(new Page<BreakerDetails>(items, null), ApiJson.Options);
    }

    private static async Task<IResult> GetTransitionsAsync(string service, string? cursor, int? limit, BreakerTransitionQueries queries, CancellationToken cancellationToken)
    {
        if (!ServiceName.TryParse(service, out var known))
        {
            return NoSuchBreaker();
        }

        return BreakerTransitionQueries.TryReadCursor(cursor, out var before)
            ? Results.Json(await queries.ReadAsync(known, before, PageSize.Of(limit), cancellationToken), ApiJson.Options)
            : Problems.InvalidCursor();
    }

    private static async Task<IResult> OverrideAsync(string service, HttpContext context, SetOverride setOverride, CancellationToken cancellationToken)
    {
        if (!ServiceName.TryParse(service, out var known))
        {
            return NoSuchBreaker();
        }

        if (!context.Request.HasJsonContentType())
        {
            return Problems.UnsupportedMediaType();
        }

        var body = await RequestBody.ReadAsync(context.Request, MaxBodyBytes, cancellationToken);
        if (body.IsTooLarge)
        {
            return Problems.BodyTooLarge(MaxBodyBytes);
        }

        if (!StrictJson.TryParse(body.Bytes, out var document, out var defect))
        {
            return Problems.Json(defect);
        }

        using (document)
        {
            return OverrideDraft.TryRead(document.RootElement, out var errors) is { } draft
                ? Results.Json(await setOverride.ExecuteAsync(context.User, known, draft, cancellationToken), ApiJson.Options)
                : Problems.Validation(errors);
        }
    }

    private static async Task<IResult> ReleaseAsync(string service, HttpContext context, RemoveOverride removeOverride, CancellationToken cancellationToken)
    {
        if (!ServiceName.TryParse(service, out var known))
        {
            return NoSuchBreaker();
        }

        await removeOverride.ExecuteAsync(context.User, known, reason: null, cancellationToken);
        return Results.NoContent();
    }

    private static Problem NoSuchBreaker() => new(
        StatusCodes.Status404NotFound,
        "breaker_not_found",
        $"There is no such breaker. Use one of {string.Join(", ", Enum.GetValues<ExternalService>().Select(ServiceName.Of))}.");
}

/// <summary>The request as the API's documentation shows it; <see cref="OverrideDraft"/> reads it.</summary>
/// <param name="Mode"><c>isolated</c>, <c>disabled</c> or <c>monitor_only</c>.</param>
/// <param name="Reason">3 to 500 characters; others read it.</param>
/// <param name="Duration"><c>hh:mm:ss</c>, <c>PT30M</c> or whole seconds, from 10 s to 24 h; left out, 30 minutes.</param>
internal sealed record OverrideRequest(string Mode, string Reason, string? Duration);
