using System.Security.Claims;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Core.Auditing;
using Hangfire;

namespace BuatFilm.Admin.Features.Jobs;

/// <summary>A person has a recurring job run now, beside its schedule.</summary>
internal sealed class StartRecurringJobNow(IEnumerable<RecurringJobEntry> entries, IRecurringJobManager manager, Databases databases, RefusedActions refused)
{
    /// <param name="reason">Goes into the audit log; null for none.</param>
    public async Task<RunResult> ExecuteAsync(ClaimsPrincipal? user, string id, string? reason, CancellationToken cancellationToken)
    {
        if (entries.FirstOrDefault(entry => entry.Id == id) is not { } job)
        {
            return RunResult.Unknown;
        }

        var actor = Access.ActorOf(user);
        var target = $"job:{job.Id}";
        if (user?.May(job.Permission) != true)
        {
            refused.Note(actor, job.Permission, target, "forbidden");
            return RunResult.Denied;
        }

        // Started first: whoever appends holds up all others who do until the commit, and Hangfire may take its time.
        await Task.Run(() => manager.Trigger(job.Id), cancellationToken);
        await AuditRows.AppendAsync(databases.Workers, actor, job.Permission, target, AuditOutcome.Done, reason, new Dictionary<string, object?>(StringComparer.Ordinal), null, CancellationToken.None);
        return RunResult.Started;
    }
}

internal enum RunResult
{
    Started,
    Unknown,
    Denied,
}
