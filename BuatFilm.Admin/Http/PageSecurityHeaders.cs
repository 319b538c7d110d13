namespace BuatFilm.Admin.Http;

/// <summary>Headers for pages: they run our files only, nobody frames them, and what they link to does not learn their address.</summary>
/// <remarks>The second line behind the encoding of everything that others wrote. Styles may stand in the page, since MudBlazor writes its theme there.</remarks>
internal sealed class PageSecurityHeaders(RequestDelegate next)
{
    private const string OfOurPages =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Pages of packages, which bring scripts of their own in the page.</summary>
    private const string OfOthers = "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    private static readonly PathString[] Packages = ["/jobs", "/docs"];

    public Task InvokeAsync(HttpContext context)
    {
        if (!ProblemAnswers.IsApi(context.Request))
        {
            // Asked for by the address that the browser sent: an error page is drawn under another one.
            var policy = Array.Exists(Packages, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)) ? OfOthers : OfOurPages;
            context.Response.OnStarting(
                static state =>
                {
                    var (response, policy) = ((HttpResponse, string))state;
                    return Add(response, policy);
                },
                (context.Response, policy));
        }

        return next(context);
    }

    private static Task Add(HttpResponse response, string policy)
    {
        var headers = response.Headers;
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("Referrer-Policy", "same-origin");
        if (response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
        {
            // Blazor says by itself who may frame its pages; a page that says more is left alone.
            var own = headers.ContentSecurityPolicy.ToString();
            if (own.Length == 0 || own.StartsWith("frame-ancestors", StringComparison.OrdinalIgnoreCase))
            {
                headers.ContentSecurityPolicy = policy;
            }
        }

        return Task.CompletedTask;
    }
}
