using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using Hangfire;

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
        services.AddSingleton(provider => new OperationRows(provider.GetRequiredService<Databases>().Workers));
        services.AddSingleton<ILeasedWork>(provider => provider.GetRequiredService<OperationRows>());
        services.AddSingleton<RunOperations>();
        services.AddHostedService<OperationPump>();
        services.AddTransient<RunOperationsJob>();
        services.AddSingleton(new RecurringJobEntry(
            "run-operations",
            "* * * * *",
            Permissions.JobsTrigger,
            (jobs, id, cron) => jobs.AddOrUpdate<RunOperationsJob>(id, job => job.ExecuteAsync(CancellationToken.None), cron)));
        services.AddTransient<CleanUpOperationsJob>();
        services.AddSingleton(new RecurringJobEntry(
            "clean-up-operations",
            "37 19 * * *", // 02.37 in Jakarta.
            Permissions.JobsTrigger,
            (jobs, id, cron) => jobs.AddOrUpdate<CleanUpOperationsJob>(id, job => job.ExecuteAsync(CancellationToken.None), cron)));

        return services;
    }

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.MapOperationCommands();
        routes.MapOperationReads();
    }
}
