using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Features.Degradation;

/// <summary>The degradation level: its history, its capabilities, and what is closed while a service is away.</summary>
internal static class DegradationFeature
{
    public static IServiceCollection AddDegradation(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRecurringJob<DeleteOldLevelChangesJob>("delete-old-level-changes", "6 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    public static void MapDegradation(this IEndpointRouteBuilder routes)
    {
    }
}
