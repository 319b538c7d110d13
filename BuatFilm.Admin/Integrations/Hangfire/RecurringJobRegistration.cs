using Hangfire;
using Hangfire.Storage;

namespace BuatFilm.Admin.Integrations.Hangfire;

/// <summary>Brings Hangfire's list of recurring jobs in line with the features'.</summary>
internal sealed class RecurringJobRegistration(IEnumerable<RecurringJobEntry> jobs, IRecurringJobManager manager, JobStorage storage, TimeProvider time, ILogger<RecurringJobRegistration> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Register();
                return;
            }
#pragma warning disable CA1031 // The pump delivers meanwhile; a database that comes back gets its jobs then.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.LogWarning(exception, "The recurring jobs could not be registered; trying again.");
                await Task.Delay(TimeSpan.FromSeconds(5), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Register()
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var job in jobs)
        {
            job.Register(manager, job.Id, job.Cron);
            known.Add(job.Id);
        }

        using var connection = storage.GetConnection();
        foreach (var old in connection.GetRecurringJobs().Where(job => !known.Contains(job.Id)))
        {
            manager.RemoveIfExists(old.Id);
        }
    }
}
