using BuatFilm.Admin.Settings;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Midtrans' notifications: taken in, applied, verified.</summary>
internal static class WebhooksFeature
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WebhooksOptions>().Bind(configuration.GetSection(WebhooksOptions.Section)).ValidateSettings(WebhooksOptions.Section);
        services.AddSingleton<NotificationIngest>();
        services.AddHostedService(provider => provider.GetRequiredService<NotificationIngest>());
        services.AddSingleton<RejectedNotifications>();
        services.AddSingleton<VerifyPaymentEvent>();
        services.AddHostedService<VerificationPump>();

        return services;
    }

    public static void MapWebhooks(this IEndpointRouteBuilder routes) => routes.MapMidtransNotifications();
}
