using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Http;

/// <summary>Makes every error answer of the API a problem document, whoever refused: routing, the server, authentication or a bug.</summary>
internal sealed partial class ProblemAnswers(RequestDelegate next, ILogger<ProblemAnswers> logger)
{
    /// <summary>What nginx calls a client that left; nobody reads it.</summary>
    private const int ClientClosedRequest = 499;

    private static readonly PathString[] ApiPaths = ["/api", "/health", "/metrics"];

    /// <summary>True for paths that programs call, as against people.</summary>
    public static bool IsApi(HttpRequest request) => ApiPaths.Any(path => request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));

    public async Task InvokeAsync(HttpContext context)
    {
        if (!IsApi(context.Request))
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            SetStatus(context, ClientClosedRequest);
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, OfException(context, exception));
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400 and not ClientClosedRequest, ContentLength: null, ContentType: null })
        {
            await Problems.OfStatus(context.Response.StatusCode, context.Features.Get<AccessRefusal>()?.Code).ExecuteAsync(context);
        }
    }

    private Problem OfException(HttpContext context, Exception exception)
    {
        if (exception is BadHttpRequestException refused)
        {
            return Problems.OfStatus(refused.StatusCode);
        }

        if (PassingFailure.Is(exception))
        {
            // One line: during an outage there are thousands of these, and all stacks are the same.
            LogUnavailable(context.Request.Method, context.Request.Path, exception.GetType().Name, exception.GetBaseException().Message);
            return Problems.TemporarilyUnavailable();
        }

        LogBug(exception, context.Request.Method, context.Request.Path);
        return Problems.OfStatus(StatusCodes.Status500InternalServerError);
    }

    // What the route had already set belongs to an answer that will not be given.
    private static Task AnswerAsync(HttpContext context, Problem problem)
    {
        context.Response.Clear();
        return problem.ExecuteAsync(context);
    }

    private static void SetStatus(HttpContext context, int status)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = status;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} was answered with 503: {Failure}: {Message}")]
    private partial void LogUnavailable(string method, string path, string failure, string message);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} was answered with 500.")]
    private partial void LogBug(Exception exception, string method, string path);
}
