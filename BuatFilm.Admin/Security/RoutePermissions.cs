using Microsoft.AspNetCore.Authorization;

namespace BuatFilm.Admin.Security;

/// <summary>How a route says who may call it. A test finds the routes that say nothing.</summary>
internal static class RoutePermissions
{
    /// <summary>Lets in an API key whose role has the permission.</summary>
    /// <remarks>Cookies do not count here, so no page of another site can make a signed-in browser call the API.</remarks>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder route, string permission)
        where TBuilder : IEndpointConventionBuilder =>
        route
            .RequireAuthorization(new AuthorizeAttribute(permission) { AuthenticationSchemes = ApiKeyAuthenticationHandler.SchemeName })
            .WithMetadata(new PermissionMetadata(permission));

    /// <summary>Lets everybody in.</summary>
    /// <param name="reason">What protects the route instead, or why nothing has to.</param>
    public static TBuilder AllowAnonymousBecause<TBuilder>(this TBuilder route, string reason)
        where TBuilder : IEndpointConventionBuilder =>
        route.AllowAnonymous().WithMetadata(new PublicRouteMetadata(reason));

    /// <summary>Lets in this machine only, and nothing that a proxy forwarded.</summary>
    public static TBuilder RequireLoopback<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.RequireAuthorization(LoopbackOnly.Policy);
}

internal sealed record PermissionMetadata(string Permission);

internal sealed record PublicRouteMetadata(string Reason);
