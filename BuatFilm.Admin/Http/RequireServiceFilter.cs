using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Http;

/// <summary>Turns a request away at once while a service that it cannot do without is down, and says when to come back.</summary>
internal sealed partial class RequireServiceFilter(ExternalService service, StatusBoard board, DatabaseReach database, TimeProvider time, ILogger<RequireServiceFilter> logger) : IEndpointFilter
{
    /// <summary>How often a service that is down is looked at when no breaker says when it is tried again.</summary>
    private static readonly TimeSpan ProbePeriod = TimeSpan.FromSeconds(2);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (!await IsOpenAsync(board.Current[service]))
        {
            return Refusal();
        }

        try
        {
            return await next(context);
        }
        catch (Exception exception) when (service == ExternalService.Database && PassingFailure.Is(exception))
        {
            // The first to notice. One line: an outage has thousands of these, and all stacks are the same.
            LogUnavailable(context.HttpContext.Request.Method, context.HttpContext.Request.Path, exception.GetType().Name, exception.GetBaseException().Message);
            return Refusal();
        }
    }

    /// <summary>True when a call may succeed, or is the one that finds out.</summary>
    private async ValueTask<bool> IsOpenAsync(ServiceStatus status)
    {
        if (status.Breaker == BreakerState.Isolated)
        {
            return false; // Somebody wants it so.
        }

        if (status.Health != ServiceHealth.Unhealthy)
        {
            return true;
        }

        return service == ExternalService.Database
            ? await database.AnswersAsync()
            : status.Breaker == BreakerState.Open && status.RetryAt <= time.GetUtcNow();
    }

    private Problem Refusal()
    {
        var snapshot = board.Current;
        var services = snapshot.Services.Select(pair => KeyValuePair.Create(pair.Key, pair.Key == service ? ServiceHealth.Unhealthy : pair.Value.Health));
        var level = DegradationRules.LevelOf(services).Level;
#pragma warning disable CA5394 // Spreads callers; nothing secret.
        var retryAfter = RetryHint.After(snapshot[service].RetryAt, ProbePeriod, Random.Shared.NextDouble(), time.GetUtcNow());
#pragma warning restore CA5394

        return Problems.ServiceUnavailable(level > snapshot.Degradation.Level ? level : snapshot.Degradation.Level, retryAfter);
    }

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} was answered with 503: {Failure}: {Message}")]
    private partial void LogUnavailable(string method, string path, string failure, string message);
}

/// <summary>How a route says what it cannot do without.</summary>
internal static class RequiredServices
{
    /// <summary>Answers 503 with the level and a computed <c>Retry-After</c> while the service is down. Goes in front of filters that need it themselves.</summary>
    /// <remarks>Midtrans' notifications never stand behind Midtrans' breaker: they are how we hear of payments while it is open.</remarks>
    public static TBuilder RequireService<TBuilder>(this TBuilder route, ExternalService service)
        where TBuilder : IEndpointConventionBuilder =>
        route.AddEndpointFilterFactory((factory, next) =>
        {
            var filter = ActivatorUtilities.CreateInstance<RequireServiceFilter>(factory.ApplicationServices, service);
            return context => filter.InvokeAsync(context, next);
        });
}
