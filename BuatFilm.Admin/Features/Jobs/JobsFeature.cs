namespace BuatFilm.Admin.Features.Jobs;

/// <summary>The recurring jobs that the features brought along, for people to see and to start.</summary>
internal static class JobsFeature
{
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<RecurringJobQueries>();
        services.AddSingleton<StartRecurringJobNow>();

        return services;
    }
}
