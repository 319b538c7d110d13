using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;

namespace BuatFilm.Admin.Features.Health;

/// <summary>Health: what feeds the board, and the routes that monitors and load balancers ask.</summary>
internal static class HealthFeature
{
    /// <summary>Needs <c>AddLive</c>, <c>ServicePipelines</c> and <c>Databases</c>.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHealthAnswers(configuration);
        services.AddHostedService<StatusMetrics>();
        services.AddSingleton<LeaseHolder>();
        services.AddHostedService<NodePresence>();
        services.AddSingleton<OutboxFiguresProbe>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxFiguresProbe>());
        services.AddHostedService<SweepProbe>();
        services.AddRecurringJob<DeleteStoppedNodesJob>("delete-stopped-nodes", "2 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    /// <summary>Only what the routes need, for a host whose board is fed by somebody else.</summary>
    internal static IServiceCollection AddHealthAnswers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<HealthOptions>()
            .Bind(configuration.GetSection(HealthOptions.Section))
            .ValidateSettings(HealthOptions.Section);
        services.AddSingleton<Readiness>();
        services.AddHostedService<DrainingFlag>();
        services.AddSingleton(provider => new LoopWatchdog(TimeProvider.System, provider.GetRequiredService<ILogger<LoopWatchdog>>()));
        services.AddHostedService(provider => provider.GetRequiredService<LoopWatchdog>());

        return services;
    }
}
