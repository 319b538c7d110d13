namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Alerts: raised by others, told to people here.</summary>
internal static class AlertsFeature
{
    public static IServiceCollection AddAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        return services;
    }

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
    }
}
