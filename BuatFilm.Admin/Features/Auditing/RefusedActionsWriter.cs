using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Auditing;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary>Writes refused actions into the audit log: the first at once, and whatever comes in the next moments together.</summary>
internal sealed class RefusedActionsWriter(RefusedActions refused, Databases databases, TimeProvider time, ILogger<RefusedActionsWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>A wake is never lost, so that this only bounds a mistake.</summary>
    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await refused.Noted.WaitAsync(Sweep, time, stoppingToken);
                await WriteAsync(stoppingToken);
                await Task.Delay(Pause, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        await WriteAsync(CancellationToken.None);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var taken = refused.TakeAll();
        if (taken.Count == 0)
        {
            return;
        }

        try
        {
            await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            foreach (var (action, times) in taken)
            {
                var data = new Dictionary<string, object?>(StringComparer.Ordinal) { ["times"] = times };
                await AuditRows.AppendAsync(connection, action.Actor, action.Action, action.Target, AuditOutcome.Refused, action.Reason, data, null, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }
#pragma warning disable CA1031 // The database is away: they wait for it, in as many lines as are kept apart.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogWarning(exception, "{Count} refused actions could not be written to the audit log; it is tried again.", taken.Count);
            foreach (var (action, times) in taken)
            {
                refused.Note(action.Actor, action.Action, action.Target, action.Reason, times);
            }
        }
    }
}
