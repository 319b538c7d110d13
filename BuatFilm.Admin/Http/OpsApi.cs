using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Authorization;

namespace BuatFilm.Admin.Http;

/// <summary>The ops API: what the pages do, for programs, with the same permissions and the same audit.</summary>
internal static class OpsApi
{
    public const string Path = "/api/ops/v1";

    /// <summary>A feature's part of the ops API; every route in it still names its permission.</summary>
    /// <remarks>A permission alone is not enough: storefronts' keys may read orders too, their own ones by their own routes.</remarks>
    public static RouteGroupBuilder MapOps(this IEndpointRouteBuilder routes, string prefix = "") =>
        routes.MapGroup(Path + prefix)
            .WithTags("Ops")
            .RequireRateLimiting(RateLimits.Ops)
            .RequireAuthorization(new AuthorizeAttribute(StaffOnly.Policy) { AuthenticationSchemes = ApiKeyAuthenticationHandler.SchemeName });
}
