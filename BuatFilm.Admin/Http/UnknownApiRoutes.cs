using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Routing.Template;

namespace BuatFilm.Admin.Http;

/// <summary>Answers for what is no route of the API, in the API's own way.</summary>
/// <remarks>
/// Development serves files under any path by GET, so that routing takes every unknown path for one of them: a
/// POST would be told to use GET, and a GET where only POST is at home would be told that nothing is there.
/// </remarks>
internal static class UnknownApiRoutes
{
    public static void MapUnknownApiRoutes(this IEndpointRouteBuilder routes) => routes.Map("/api/{**path}", Refuse)
        .WithOrder(int.MaxValue - 1)
        .WithDisplayName("Unknown API route")
        .ExcludeFromDescription()
        .AllowAnonymousBecause("It only says that there is nothing.");

    private static Problem Refuse(HttpContext context, EndpointDataSource endpoints)
    {
        var methods = endpoints.Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Order < int.MaxValue - 1 && Matches(route, context.Request.Path))
            .SelectMany(route => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (methods.Count == 0)
        {
            return Problems.NotFound();
        }

        // The method fits, so what kept the request from its route is its media type.
        if (methods.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase))
        {
            return Problems.UnsupportedMediaType();
        }

        context.Response.Headers.Allow = string.Join(", ", methods);
        return Problems.OfStatus(StatusCodes.Status405MethodNotAllowed);
    }

    private static bool Matches(RouteEndpoint route, PathString path) =>
        route.RoutePattern.RawText is { } template && new TemplateMatcher(TemplateParser.Parse(template), []).TryMatch(path, []);
}
