using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>The outbox: settings, queue, one drain per channel, the pump and the job, WhatsApp's reports.</summary>
internal static class OutboxFeature
{
    public static IServiceCollection AddOutbox(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OutboxOptions>().Bind(configuration.GetSection(OutboxOptions.Section)).ValidateSettings(OutboxOptions.Section);
        services.AddSingleton(provider => new OutboxQueue(provider.GetRequiredService<Databases>().Workers));
        services.AddSingleton<ILeasedWork>(provider => provider.GetRequiredService<OutboxQueue>());
        services.AddSingleton<IMessageSender, EmailDelivery>();
        services.AddSingleton<RecordReceipts>();

        // Without an account there is nothing to deliver, and a drain would ask the database at every wake all the same.
        if (configuration.GetSection(WhatsAppOptions.Section).Get<WhatsAppOptions>() is { IsConfigured: true })
        {
            services.AddSingleton<IMessageSender, WhatsAppDelivery>();
        }

        services.AddSingleton<OutboxSweeps>();
        services.AddSingleton<IEnumerable<OutboxDrain>>(provider =>
            [.. provider.GetServices<IMessageSender>().Select(sender => ActivatorUtilities.CreateInstance<OutboxDrain>(provider, sender))]);
        services.AddRecurringJob<DeliverOutboxJob>("deliver-outbox", "*/5 * * * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));
        services.AddRecurringJob<DeleteOldMessagesJob>("delete-old-messages", "32 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));
        services.AddHostedService<OutboxPump>();
        services.AddSingleton<DeadLetterQueries>();
        services.AddSingleton<OutboxQueries>();
        services.AddSingleton<ChannelQueries>();
        services.AddSingleton<RevealRecipient>();
        services.AddScoped<MessageWords>();

        return services;
    }

    public static void MapOutbox(this IEndpointRouteBuilder routes)
    {
        routes.MapDeadLetters();
        routes.MapWhatsAppWebhook();
    }
}
