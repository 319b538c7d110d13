using BuatFilm.Admin.Settings;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>The breakers' settings and pipelines.</summary>
internal static class ResilienceServices
{
    public static IServiceCollection AddServicePipelines(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BreakersOptions>().Bind(configuration.GetSection(BreakersOptions.Section)).ValidateSettings(BreakersOptions.Section);

        // Read once, not reloaded: a breaker that is made anew has forgotten that the service is down.
#pragma warning disable CA5394 // Spreads the breaks of several nodes; nothing secret.
        services.AddSingleton(provider => new ServicePipelines(
            provider.GetRequiredService<IOptions<BreakersOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            Random.Shared.NextDouble));
#pragma warning restore CA5394

        return services;
    }
}
