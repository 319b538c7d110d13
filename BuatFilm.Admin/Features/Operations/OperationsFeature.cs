using BuatFilm.Admin.Components;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Bulk work on a fixed set: planned, started, run, receipted.</summary>
internal static class OperationsFeature
{
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OperationsOptions>().Bind(configuration.GetSection(OperationsOptions.Section)).ValidateSettings(OperationsOptions.Section);
        services.AddSingleton<RequeueMessage>();
        services.AddSingleton<PlanRequeue>();
        services.AddSingleton<StartOperation>();
        services.AddSingleton<CancelOperation>();
        services.AddSingleton<OperationQueries>();
        services.AddSingleton<OperationPageQueries>();
        services.AddSingleton<OperationRights>();
        services.AddSingleton(new RequeueDeskPart(typeof(DeadLetterDesk)));
        services.AddSingleton(new OverviewTile(30, typeof(OperationsTile), Permissions.OperationsRead));
        services.AddSingleton(provider => new OperationRows(provider.GetRequiredService<Databases>().Workers));
        services.AddSingleton<ILeasedWork>(provider => provider.GetRequiredService<OperationRows>());
        services.AddSingleton<RunOperations>();
        services.AddHostedService<OperationPump>();
        services.AddRecurringJob<RunOperationsJob>("run-operations", "* * * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));
        services.AddRecurringJob<CleanUpOperationsJob>("clean-up-operations", "37 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None)); // 02.37 in Jakarta.
        services.AddRecurringJob<DeleteOldOperationsJob>("delete-old-operations", "10 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));

        return services;
    }

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.MapOperationCommands();
        routes.MapOperationReads();
        routes.MapReceiptSheet();
    }
}
