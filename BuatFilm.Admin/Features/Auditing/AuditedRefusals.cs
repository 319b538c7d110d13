using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>Notes when somebody who is known may not do what they asked for. Who is not known is only turned away.</summary>
internal sealed class AuditedRefusals(RefusedActions refused) : IAuthorizationMiddlewareResultHandler
{
    public const string Forbidden = "forbidden";

    private const int MaxTarget = 200;

    private readonly AuthorizationMiddlewareResultHandler _inner = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden
            && context.User.Identity is { IsAuthenticated: true }
            && context.GetEndpoint()?.Metadata.OfType<PermissionMetadata>().FirstOrDefault(metadata => !context.User.May(metadata.Permission)) is { Permission: var missing })
        {
            refused.Note(Access.ActorOf(context.User), missing, TargetOf(context.Request), Forbidden);
        }

        return _inner.HandleAsync(next, context, policy, authorizeResult);
    }

    private static string TargetOf(HttpRequest request)
    {
        var target = $"{request.Method} {request.Path}";
        return string.Concat(target.Length <= MaxTarget ? target : target[..MaxTarget]).Replace("\0", string.Empty, StringComparison.Ordinal);
    }
}
