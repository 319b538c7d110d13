using BuatFilm.Admin.Settings;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>WhatsApp's account, client and probe.</summary>
internal static class WhatsAppIntegration
{
    public static IServiceCollection AddWhatsApp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WhatsAppOptions>().Bind(configuration.GetSection(WhatsAppOptions.Section)).ValidateSettings(WhatsAppOptions.Section);
        services.AddHttpClient<WhatsAppClient>(client => client.Timeout = Timeout.InfiniteTimeSpan) // The pipeline's deadline is the one.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxConnectionsPerServer = 256, // Never fewer than Outbox:Channels:WhatsApp:Concurrency may be.

                // A redirect would carry the token and the customer's number to another place.
                AllowAutoRedirect = false,
            });
        services.AddSingleton<IServiceProbe, WhatsAppProbe>();

        return services;
    }
}
