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

        // On record if it was started, and not if it was not.
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await AuditRows.AppendAsync(connection, actor, job.Permission, target, AuditOutcome.Done, reason, new Dictionary<string, object?>(StringComparer.Ordinal), null, cancellationToken);
        await Task.Run(() => manager.Trigger(job.Id), cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return RunResult.Started;
    }
}

internal enum RunResult
{
    Started,
    Unknown,
    Denied,
}
