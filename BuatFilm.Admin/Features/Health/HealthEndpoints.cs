using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BuatFilm.Admin.Features.Health;

/// <summary><c>/health</c> and its two probes. They read memory only, so that asking often costs nobody anything.</summary>
internal static class HealthEndpoints
{
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
        health.MapGet("/live", GetLive);
        routes.MapStatus();

        return routes;
    }

    internal static async Task<JsonHttpResult<HealthReport>> GetHealth(HttpContext context, StatusBoard board, TimeProvider time)
    {
        var maySeeDetails = await context.MayAsync(Permissions.HealthDetails);
        var report = HealthReport.Of(board.Current, time.GetUtcNow(), maySeeDetails);

        return TypedResults.Json(report, HealthJson.Options, statusCode: report.Status == "fail" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    /// <remarks>Asks nothing outside: a restart mends no other service, and one fault of theirs would restart every node.</remarks>
    internal static JsonHttpResult<LiveReport> GetLive(LoopWatchdog watchdog) => watchdog.IsStalled
        ? TypedResults.Json(new LiveReport("stalled"), HealthJson.Options, statusCode: StatusCodes.Status503ServiceUnavailable)
        : TypedResults.Json(new LiveReport("alive"), HealthJson.Options);

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
/// <param name="Status"><c>alive</c>, or <c>stalled</c> when this process' own loop has stopped going round.</param>
internal sealed record LiveReport(string Status);
