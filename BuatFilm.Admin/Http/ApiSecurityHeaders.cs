namespace BuatFilm.Admin.Http;

/// <summary>Headers for answers that programs read: nothing in them is ever a page, or kept on the way.</summary>
internal sealed class ApiSecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (ProblemAnswers.IsApi(context.Request))
        {
            // Late, because an error clears what was set before it.
            context.Response.OnStarting(static state => Add(((HttpContext)state).Response.Headers), context);
        }

        return next(context);
    }

    private static Task Add(IHeaderDictionary headers)
    {
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");

        // Answers hold Snap tokens and customers' data.
        headers.TryAdd("Cache-Control", "no-store");

        return Task.CompletedTask;
    }
}
