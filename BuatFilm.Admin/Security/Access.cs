using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace BuatFilm.Admin.Security;

/// <summary>Who somebody is and what they may do, for code that asks by itself.</summary>
internal static class Access
{
    /// <summary>The actor of whatever no person or program asked for.</summary>
    public const string SystemActor = "system";

    /// <summary>True when a role or a claim of the user grants it.</summary>
    public static bool May(this ClaimsPrincipal user, string permission) =>
        user.Identity is { IsAuthenticated: true }
        && (user.HasClaim(AccessClaims.Permission, permission)
            || user.FindAll(ClaimTypes.Role).Any(role => Roles.PermissionsOf(role.Value).Contains(permission)));

    /// <summary>Asks where the work is done, whoever draws the button or opens the route: a page may be older than its person's rights.</summary>
    /// <param name="refuse">Told who lacks which permission, so that it goes on record.</param>
    /// <param name="permissions">All of them are needed.</param>
    /// <returns>Who acts, as <see cref="ActorOf"/> names them.</returns>
    /// <exception cref="UnauthorizedAccessException">One is missing.</exception>
    public static string Demand(this ClaimsPrincipal? user, Action<string, string> refuse, params ReadOnlySpan<string> permissions)
    {
        var actor = ActorOf(user);
        foreach (var permission in permissions)
        {
            if (user?.May(permission) != true)
            {
                refuse(actor, permission);
                throw new UnauthorizedAccessException($"{permission} is missing.");
            }
        }

        return actor;
    }

    /// <summary>For public routes that tell more to those who may know: looks at the signed-in user and at an API key.</summary>
    public static async Task<bool> MayAsync(this HttpContext context, string permission)
    {
        if (context.User.May(permission))
        {
            return true;
        }

        var result = await context.AuthenticateAsync(ApiKeyAuthenticationHandler.SchemeName);
        return result.Principal?.May(permission) ?? false;
    }

    /// <summary>The name in the audit log: <c>api:&lt;name&gt;</c> for an API key, the user's name for a person, else <see cref="SystemActor"/>.</summary>
    public static string ActorOf(ClaimsPrincipal? user) => user?.Identity switch
    {
        { IsAuthenticated: true, AuthenticationType: ApiKeyAuthenticationHandler.SchemeName, Name: { } name } => $"api:{name}",
        { IsAuthenticated: true, Name: { } name } => name,
        _ => SystemActor,
    };
}
