using BuatFilm.Admin.Settings;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>The breakers' settings and pipelines.</summary>
internal static class ResilienceServices
{
    public static IServiceCollection AddServicePipelines(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BreakersOptions>().Bind(configuration.GetSection(BreakersOptions.Section)).ValidateSettings(BreakersOptions.Section);
        services.AddSingleton<ServicePipelines>();

        return services;
    }
}
