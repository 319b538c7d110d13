using BuatFilm.Admin.Data;
using BuatFilm.Core.Idempotency;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>Idempotency keys: the filter for routes, their rows and the daily cleaning.</summary>
internal static class IdempotencyFeature
{
    public static IServiceCollection AddIdempotency(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IdempotencyOptions>()
            .Bind(configuration.GetSection(IdempotencyOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new IdempotencyRows(provider.GetRequiredService<Databases>().Api, provider.GetRequiredService<IDataProtectionProvider>()));
        services.AddTransient<CleanUpIdempotencyKeysJob>();

        return services;
    }

    /// <summary>Executes the route once per <c>Idempotency-Key</c>. Its caller must be authenticated.</summary>
    /// <remarks>
    /// The handler binds no body, which would be read before the key: it takes the <see cref="HttpContext"/>, finds the request in
    /// <see cref="IdempotentExecution"/>, and returns a <see cref="Http.JsonAnswer"/> or a <see cref="Http.Problem"/>.
    /// </remarks>
    public static RouteHandlerBuilder RequireIdempotencyKey(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter<IdempotencyFilter>().WithMetadata(new IdempotencyKeyMetadata(IdempotencyKey.Header));
}

/// <summary>Marks a route that needs the header, for the API's description.</summary>
internal sealed record IdempotencyKeyMetadata(string Header);
