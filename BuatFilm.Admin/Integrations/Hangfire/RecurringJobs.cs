using System.Linq.Expressions;
using Hangfire;

namespace BuatFilm.Admin.Integrations.Hangfire;

/// <summary>One line for a feature's index.</summary>
internal static class RecurringJobs
{
    /// <param name="id">Its name in the dashboard.</param>
    /// <param name="cron">Five or six fields, in UTC; Jakarta is seven hours ahead.</param>
    /// <param name="permission">What it takes to run it by hand.</param>
    /// <param name="run">Such as <c>job => job.ExecuteAsync(CancellationToken.None)</c>; Hangfire puts its own token there.</param>
    public static IServiceCollection AddRecurringJob<TJob>(this IServiceCollection services, string id, string cron, string permission, Expression<Func<TJob, Task>> run)
        where TJob : class
    {
        services.AddTransient<TJob>();
        return services.AddSingleton(new RecurringJobEntry(id, cron, permission, (jobs, name, schedule) => jobs.AddOrUpdate(name, run, schedule)));
    }
}
