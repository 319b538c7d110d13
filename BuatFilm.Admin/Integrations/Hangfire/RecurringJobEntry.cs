using Hangfire;

namespace BuatFilm.Admin.Integrations.Hangfire;

/// <summary>A recurring job that a feature brings along.</summary>
/// <param name="Id">Its name in the dashboard.</param>
/// <param name="Cron">Five or six fields, in UTC.</param>
/// <param name="Permission">What it takes to run it by hand.</param>
/// <param name="Register">Adds or updates it.</param>
internal sealed record RecurringJobEntry(string Id, string Cron, string Permission, Action<IRecurringJobManager, string, string> Register);
