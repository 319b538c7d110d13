using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Circuit breakers: transitions, probes, trials, overrides.</summary>
internal static class BreakersFeature
{
    /// <summary>Needs <c>ServicePipelines</c>, the services' probes, <c>Databases</c>, <c>LeaseHolder</c> and <c>AddLive</c>.</summary>
    public static IServiceCollection AddBreakers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ProbesOptions>().Bind(configuration.GetSection(ProbesOptions.Section)).ValidateSettings(ProbesOptions.Section);

        services.AddSingleton<OverrideRows>();
        services.AddSingleton<OverrideKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<OverrideKeeper>());
        services.AddSingleton<SetOverride>();
        services.AddSingleton<RemoveOverride>();

        services.AddSingleton<TransitionRows>();
        services.AddSingleton<BreakerTransitionQueries>();
        services.AddSingleton<BreakerPastQueries>();
        services.AddHostedService<TransitionPump>();
        services.AddHostedService<FigureSampler>();

        services.AddSingleton<TrialRights>();
        services.AddSingleton<ILeasedWork>(provider => provider.GetRequiredService<TrialRights>());
        services.AddHostedService<TrialScheduler>();

        services.AddSingleton<IServiceProbe, DatabaseProbe>();
        services.AddSingleton<ServiceProber>();
        services.AddHostedService(provider => provider.GetRequiredService<ServiceProber>());
        services.AddRecurringJob<ProbeServicesJob>("probe-services", "*/15 * * * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));
        services.AddRecurringJob<DeleteOldTransitionsJob>("delete-old-transitions", "4 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    public static void MapBreakers(this IEndpointRouteBuilder routes) => routes.MapBreakerRoutes();
}
