using BuatFilm.Admin.Data;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Orders: placed by storefronts, queued while Midtrans is away.</summary>
internal static class OrdersFeature
{
    public static IServiceCollection AddOrders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OrdersOptions>().Bind(configuration.GetSection(OrdersOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<PlaceOrder>();
        services.AddSingleton<RetryQueuedOrders>();
        services.AddTransient<RetryQueuedOrdersJob>();
        services.AddSingleton<ILeasedWork, SessionLeases>();

        return services;
    }
}
