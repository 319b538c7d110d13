using BuatFilm.Admin.Settings;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.Midtrans;

/// <summary>Midtrans' account and client.</summary>
internal static class MidtransIntegration
{
    public static IServiceCollection AddMidtrans(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MidtransOptions>().Bind(configuration.GetSection(MidtransOptions.Section)).ValidateSettings(MidtransOptions.Section);
        services.AddHttpClient<MidtransClient>(client => client.Timeout = Timeout.InfiniteTimeSpan) // The pipeline's deadline is the one.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxConnectionsPerServer = 64,

                // A redirect would carry the server key to another place.
                AllowAutoRedirect = false,
            });
        services.AddSingleton<IServiceProbe, MidtransProbe>();

        return services;
    }
}
