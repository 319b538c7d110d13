using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using Hangfire;
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
        services.AddTransient<VerifyAuditJob>();
        services.AddSingleton(new RecurringJobEntry(
            "verify-audit",
            "47 19 * * *", // 02.47 in Jakarta.
            Permissions.AuditRead,
            (jobs, id, cron) => jobs.AddOrUpdate<VerifyAuditJob>(id, job => job.ExecuteAsync(CancellationToken.None), cron)));

        return services;
    }

    public static void MapAuditing(this IEndpointRouteBuilder routes) => routes.MapAudit();
}
