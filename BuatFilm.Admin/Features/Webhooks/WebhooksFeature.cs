using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Midtrans' notifications: taken in, applied, verified, and asked for when they do not come.</summary>
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
        services.AddSingleton<ApplyPolledPayment>();
        services.AddSingleton<ReconcilePayments>();
        services.AddSingleton<ReprocessPaymentEvent>();
        services.AddSingleton<PaymentEventQueries>();
        services.AddSingleton<RevealPaymentEvent>();
        services.AddRecurringJob<ReconcilePaymentsJob>("reconcile-payments", "* * * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));
        services.AddRecurringJob<DeleteRejectedNotificationsJob>("delete-rejected-notifications", "12 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));
        services.AddRecurringJob<ForgetPaymentBodiesJob>("forget-payment-bodies", "22 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        routes.MapMidtransNotifications();
        routes.MapPaymentEvents();
    }
}
