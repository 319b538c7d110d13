using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Bulk work on a fixed set: planned, started, run, receipted.</summary>
internal static class OperationsFeature
{
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRecurringJob<DeleteOldOperationsJob>("delete-old-operations", "10 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
    }
}
