using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using BuatFilm.Core.Breakers;
using Hangfire;

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
        services.AddHostedService<TransitionPump>();
        services.AddHostedService<FigureSampler>();

        services.AddSingleton<TrialRights>();
        services.AddSingleton<ILeasedWork>(provider => provider.GetRequiredService<TrialRights>());
        services.AddHostedService<TrialScheduler>();

        services.AddSingleton<IServiceProbe, DatabaseProbe>();
        services.AddSingleton<ServiceProber>();
        services.AddHostedService(provider => provider.GetRequiredService<ServiceProber>());
        services.AddTransient<ProbeServicesJob>();
        services.AddSingleton(new RecurringJobEntry(
            "probe-services",
            "*/15 * * * * *",
            Permissions.JobsTrigger,
            (jobs, id, cron) => jobs.AddOrUpdate<ProbeServicesJob>(id, job => job.ExecuteAsync(CancellationToken.None), cron)));

        return services;
    }

    public static void MapBreakers(this IEndpointRouteBuilder routes) => routes.MapBreakerRoutes();
}
