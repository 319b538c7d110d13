using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BuatFilm.Admin.Features.Health;

/// <summary><c>/health</c> and its two probes. They read memory only, so that asking often costs nobody anything.</summary>
internal static class HealthEndpoints
{
    /// <summary>The claim that a signed-in operator carries; see the permissions.</summary>
    private const string PermissionClaim = "permission";

    private const string DetailsPermission = "health:details";

    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health")
            .AllowAnonymousBecause("Monitors and load balancers have no key; details need one.")
            .ExcludeFromDescription()
            .AddEndpointFilter(async (context, next) =>
            {
                context.HttpContext.Response.Headers.CacheControl = "no-store";
                return await next(context);
            });
        health.MapGet("", GetHealth);
        health.MapGet("/ready", GetReady);
        health.MapGet("/live", () => TypedResults.Ok(new LiveReport("alive")));
        routes.MapStatus();

        return routes;
    }

    internal static JsonHttpResult<HealthReport> GetHealth(HttpContext context, StatusBoard board, TimeProvider time)
    {
        var maySeeDetails = context.User.HasClaim(PermissionClaim, DetailsPermission);
        var report = HealthReport.Of(board.Current, time.GetUtcNow(), maySeeDetails);

        return TypedResults.Json(report, HealthJson.Options, statusCode: report.Status == "fail" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    internal static JsonHttpResult<ReadyReport> GetReady(Readiness readiness)
    {
        var missing = readiness.Missing();

        return missing.Count == 0
            ? TypedResults.Json(new ReadyReport(true, "Ready."), HealthJson.Options)
            : TypedResults.Json(
                new ReadyReport(false, $"Not ready: {string.Join("; ", missing)}."),
                HealthJson.Options,
                statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>The answer of <c>GET /health/ready</c>.</summary>
internal sealed record ReadyReport(bool Ready, string Message);

/// <summary>The answer of <c>GET /health/live</c>.</summary>
internal sealed record LiveReport(string Status);
