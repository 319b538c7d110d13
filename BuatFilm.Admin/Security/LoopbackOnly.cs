using System.Net;
using Microsoft.AspNetCore.Authorization;

namespace BuatFilm.Admin.Security;

/// <summary>A caller on this very machine.</summary>
internal sealed class LoopbackOnly : AuthorizationHandler<LoopbackOnly>, IAuthorizationRequirement
{
    public const string Policy = "loopback";

    // A proxy on this machine makes the whole world look local; the second family is what the trusted ones' headers are renamed to.
    private static readonly string[] Forwarding = ["X-Forwarded-", "X-Original-", "X-Real-IP", "Forwarded", "Via"];

    /// <summary>True when the connection came from this machine and nothing says that it was forwarded.</summary>
    public static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address)
        && !context.Request.Headers.Keys.Any(name => Forwarding.Any(start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase)));

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, LoopbackOnly requirement)
    {
        if (context.Resource is HttpContext http && IsLocal(http))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
