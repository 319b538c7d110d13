using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Components.Endpoints;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>Notes when somebody who is known may not do what they asked for. Who is not known is only turned away.</summary>
internal sealed class AuditedRefusals(RefusedActions refused) : IAuthorizationMiddlewareResultHandler
{
    public const string Forbidden = "forbidden";

    private const int MaxTarget = 200;

    private readonly AuthorizationMiddlewareResultHandler _inner = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden && context.User.Identity is { IsAuthenticated: true } && context.GetEndpoint() is { } endpoint)
        {
            if (PermissionsOf(endpoint).FirstOrDefault(permission => !context.User.May(permission)) is { } missing)
            {
                refused.Note(Access.ActorOf(context.User), missing, TargetOf(context.Request), Forbidden);
            }

            if (endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
            {
                // The frame of the page is drawn, and says in its place what is missing; the page itself is not made.
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return next(context);
            }
        }

        return _inner.HandleAsync(next, context, policy, authorizeResult);
    }

    private static IEnumerable<string> PermissionsOf(Endpoint endpoint) =>
        endpoint.Metadata.OfType<PermissionMetadata>().Select(metadata => metadata.Permission)
            .Concat(endpoint.Metadata.OfType<IAuthorizeData>().Select(data => data.Policy).OfType<string>().Where(Permissions.All.Contains));

    private static string TargetOf(HttpRequest request)
    {
        var target = $"{request.Method} {request.Path}";
        return string.Concat(target.Length <= MaxTarget ? target : target[..MaxTarget]).Replace("\0", string.Empty, StringComparison.Ordinal);
    }
}
