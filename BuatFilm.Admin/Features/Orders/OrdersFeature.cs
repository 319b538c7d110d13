using BuatFilm.Admin.Components;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Orders: placed by storefronts, queued while Midtrans is away.</summary>
internal static class OrdersFeature
{
    public static IServiceCollection AddOrders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OrdersOptions>().Bind(configuration.GetSection(OrdersOptions.Section)).ValidateSettings(OrdersOptions.Section);
        services.AddSingleton<PlaceOrder>();
        services.AddSingleton(provider => new SessionQueue(provider.GetRequiredService<Databases>().Workers));
        services.AddSingleton<ILeasedWork>(provider => provider.GetRequiredService<SessionQueue>());
        services.AddSingleton<SettleUnopenedSession>();
        services.AddSingleton<RetryQueuedOrders>();
        services.AddHostedService<QueuedOrdersPump>();
        services.AddSingleton<IInterruptedWork, InterruptedOrders>();
        services.AddSingleton<OrderQueries>();
        services.AddSingleton<OrderTimelineQueries>();
        services.AddScoped<OrderStory>();
        services.AddSingleton<RevealCustomer>();
        services.AddSingleton<OrderFigureQueries>();
        services.AddSingleton(new OverviewTile(20, typeof(OrdersTile), Permissions.OrdersRead));
        services.AddRecurringJob<RetryQueuedOrdersJob>("retry-queued-orders", "*/5 * * * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }
}
