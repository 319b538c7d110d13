using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Alerts: raised by others, told to people here.</summary>
internal static class AlertsFeature
{
    public static IServiceCollection AddAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRecurringJob<DeleteOldAlertsJob>("delete-old-alerts", "8 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
    }
}
