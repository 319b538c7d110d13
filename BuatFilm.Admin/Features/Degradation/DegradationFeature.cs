using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Degradation;

/// <summary>The degradation level: its rule, its history, what it takes from the shop, and the one alert of an outage.</summary>
internal static class DegradationFeature
{
    public static IServiceCollection AddDegradation(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DegradationOptions>().Bind(configuration.GetSection(DegradationOptions.Section)).ValidateSettings(DegradationOptions.Section);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DegradationOptions>>().Value.Rule); // The board takes it.
        services.AddHostedService<ConfiguredServices>();
        services.AddHostedService<LevelPump>();
        services.AddSingleton<DegradationQueries>();
        services.AddRecurringJob<DeleteOldLevelChangesJob>("delete-old-level-changes", "6 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    public static void MapDegradation(this IEndpointRouteBuilder routes) => routes.MapDegradationEndpoints();
}
