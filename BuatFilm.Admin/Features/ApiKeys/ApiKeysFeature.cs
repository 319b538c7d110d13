using BuatFilm.Admin.Live;

namespace BuatFilm.Admin.Features.ApiKeys;

/// <summary>API keys that are made and revoked on a page, beside those of the settings.</summary>
internal static class ApiKeysFeature
{
    public static IServiceCollection AddStoredApiKeys(this IServiceCollection services)
    {
        services.AddSingleton<ApiKeyRows>();
        services.AddSingleton<ApiKeyKeeper>();
        services.AddSingleton<IReadinessCondition>(provider => provider.GetRequiredService<ApiKeyKeeper>());
        services.AddHostedService(provider => provider.GetRequiredService<ApiKeyKeeper>());
        services.AddSingleton<CreateApiKey>().AddSingleton<RevokeApiKey>().AddSingleton<ApiKeyQueries>();

        return services;
    }
}
