using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BuatFilm.Admin.Live;

/// <summary>The state in memory that features meet by.</summary>
internal static class LiveServices
{
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => NodeIdentity.OfThisProcess(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<StatusBoard>();
        services.TryAddSingleton<Wakes>();
        services.TryAddSingleton(provider => new ChangeTicker(
            provider.GetRequiredService<ReadChangeMark>(),
            provider.GetRequiredService<Wakes>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ChangeTicker>>()));
        services.TryAddSingleton<SharedReads>();

        return services;
    }
}
