using BuatFilm.Admin.Components;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Alerts: raised by others as rows, told to people here, through the outbox and over a channel that works.</summary>
internal static class AlertsFeature
{
    public static IServiceCollection AddAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AlertsOptions>()
            .Bind(configuration.GetSection(AlertsOptions.Section))
            .Configure(options =>
            {
                // An environment variable may hold all of them.
                AddParted(options.AlertEmails, configuration.GetSection("Ops:AlertEmails").Value);
                AddParted(options.AlertWhatsApp, configuration.GetSection("Ops:AlertWhatsApp").Value);
            })
            .ValidateSettings(AlertsOptions.Section);
        services.AddPublicAddress(configuration);
        services.AddHttpClient<WebhookDelivery>(client => client.Timeout = Timeout.InfiniteTimeSpan) // Each call has a deadline of its own.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),

                // A redirect would carry the alert to a place that nobody has checked.
                AllowAutoRedirect = false,
            });
        services.AddSingleton<IMessageSender>(provider => provider.GetRequiredService<WebhookDelivery>());
        services.AddSingleton<AlertWords>();
        services.AddSingleton<AlertChannels>();
        services.AddSingleton<DeadLetterWatch>();
        services.AddSingleton<TellAlerts>();
        services.AddHostedService<AlertDispatcher>();
        services.AddRecurringJob<TellAlertsJob>("tell-alerts", "* * * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));
        services.AddSingleton<AlertQueries>();
        services.AddSingleton<AcknowledgeAlert>();
        services.AddSingleton<AcknowledgeAlerts>();
        services.AddSingleton(new OverviewTile(10, typeof(AlertsTile), Permissions.AlertsRead));
        services.AddRecurringJob<DeleteOldAlertsJob>("delete-old-alerts", "8 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    public static void MapAlerts(this IEndpointRouteBuilder routes) => routes.MapAlertsEndpoints();

    private static void AddParted(IList<string> list, string? parted)
    {
        foreach (var entry in (parted ?? "").Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            list.Add(entry);
        }
    }
}
