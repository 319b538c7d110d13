using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
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
            .ValidateSettings(IdempotencyOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new IdempotencyRows(provider.GetRequiredService<Databases>().Api, provider.GetRequiredService<IDataProtectionProvider>()));
        services.AddSingleton<IdempotencyQueries>();
        services.AddRecurringJob<CleanUpIdempotencyKeysJob>("clean-up-idempotency-keys", "17 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None)); // 02.17 in Jakarta, when hardly anybody orders.
        services.AddRecurringJob<CompleteInDoubtJob>("complete-in-doubt", "*/30 * * * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    /// <summary>Executes the route once per <c>Idempotency-Key</c>. Its caller must be authenticated.</summary>
    /// <remarks>
    /// The handler binds no body, which would be read before the key: it takes the <see cref="HttpContext"/>, finds the request in
    /// <see cref="IdempotentExecution"/>, and returns a <see cref="JsonAnswer"/> or a <see cref="Problem"/>.
    /// </remarks>
    public static RouteHandlerBuilder RequireIdempotencyKey(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter<IdempotencyFilter>().WithMetadata(new NeedsIdempotencyKey());
}
