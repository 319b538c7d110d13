using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Circuit breakers: transitions, probes, trials, overrides.</summary>
internal static class BreakersFeature
{
    public static IServiceCollection AddBreakers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRecurringJob<DeleteOldTransitionsJob>("delete-old-transitions", "4 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    public static void MapBreakers(this IEndpointRouteBuilder routes)
    {
    }
}
