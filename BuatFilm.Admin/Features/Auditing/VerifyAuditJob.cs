using System.Globalization;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Alerts;
using Hangfire;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>Looks through the audit log every night and raises an alert when somebody has changed it. Tomorrow's run makes up for a failed one.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class VerifyAuditJob(VerifyAudit verify, Databases databases, Wakes wakes, ILogger<VerifyAuditJob> logger)
{
    public const string AlertKind = "audit_log_broken";

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var found = await verify.ExecuteAsync(cancellationToken);
        if (found.BrokenId is { } broken)
        {
            logger.LogCritical("The audit log was changed: entry {Id} does not follow from those before it.", broken);
            var id = broken.ToString(CultureInfo.InvariantCulture);
            var data = new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = id };
            await AlertRows.RaiseAsync(databases.Workers, AlertKind, AlertSeverity.Critical, $"audit:{id}", data, AlertKind, cancellationToken);
            wakes.Alerts.Wake();
            return;
        }

        // Logs are kept elsewhere: there this line proves that the log once went so far, and how it ended.
        logger.LogInformation("The audit log is whole: {Count} entries, the last one {LastId} with digest {Head}.", found.Count, found.LastId, found.Head);
        if (await AlertRows.ResolveAsync(databases.Workers, AlertKind, cancellationToken))
        {
            wakes.Alerts.Wake();
        }
    }
}
