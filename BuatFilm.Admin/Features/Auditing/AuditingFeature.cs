using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Authorization;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>The audit log: a chain that nobody changes unseen, what was refused, and the search.</summary>
internal static class AuditingFeature
{
    public static IServiceCollection AddAuditing(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<RefusedActions>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuditedRefusals>();
        services.AddHostedService<RefusedActionsWriter>();
        services.AddSingleton<AuditQueries>();
        services.AddSingleton<VerifyAudit>();
        services.AddSingleton<CheckAuditChain>();
        services.AddRecurringJob<VerifyAuditJob>("verify-audit", "47 19 * * *", Permissions.AuditRead, job => job.ExecuteAsync(CancellationToken.None)); // 02.47 in Jakarta.

        return services;
    }

    public static void MapAuditing(this IEndpointRouteBuilder routes) => routes.MapAudit();
}
