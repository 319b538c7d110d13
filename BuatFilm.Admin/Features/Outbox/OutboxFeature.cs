using BuatFilm.Admin.Data;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>The outbox: settings, queue, one drain per channel, the pump and the job.</summary>
internal static class OutboxFeature
{
    public static IServiceCollection AddOutbox(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OutboxOptions>().Bind(configuration.GetSection(OutboxOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new OutboxQueue(provider.GetRequiredService<Databases>().Workers));
        services.AddSingleton<ILeasedWork>(provider => provider.GetRequiredService<OutboxQueue>());
        services.AddSingleton<OutboxSweeps>();
        services.AddSingleton<IEnumerable<OutboxDrain>>(provider =>
            [.. provider.GetServices<IMessageSender>().Select(sender => ActivatorUtilities.CreateInstance<OutboxDrain>(provider, sender))]);
        services.AddTransient<DeliverOutboxJob>();
        services.AddHostedService<OutboxPump>();

        return services;
    }
}
