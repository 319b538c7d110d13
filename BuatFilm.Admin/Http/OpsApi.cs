namespace BuatFilm.Admin.Http;

/// <summary>The ops API: what the pages do, for programs, with the same permissions and the same audit.</summary>
internal static class OpsApi
{
    public const string Path = "/api/ops/v1";

    /// <summary>A feature's part of the ops API; every route in it still names its permission.</summary>
    public static RouteGroupBuilder MapOps(this IEndpointRouteBuilder routes, string prefix = "") =>
        routes.MapGroup(Path + prefix).WithTags("Ops").RequireRateLimiting(RateLimits.Ops);
}
