using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Alerts;
using Hangfire.Common;
using Npgsql;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Starts a drain the moment a commit of this process asks for it.</summary>
/// <remarks>
/// Hangfire sweeps every 5 s for everything else; when it has not for 15 s, the pump sweeps itself. With several nodes that is
/// usual, for any of them may have run the job; only when none has even planned it does the pump raise an alert.
/// </remarks>
internal sealed class OutboxPump(IEnumerable<OutboxDrain> drains, Databases databases, OutboxSweeps sweeps, Wakes wakes, TimeProvider time, ILogger<OutboxPump> logger) : BackgroundService
{
    public static readonly TimeSpan HangfireMissing = TimeSpan.FromSeconds(15);

    private const string AlertKey = "hangfire_not_sweeping";

    private const string LastPlan = "select value from hangfire.hash where key = 'recurring-job:deliver-outbox' and field = 'LastExecution'";

    /// <summary>Null until it is known whether a former run left an alert behind.</summary>
    private bool? _isAlarmed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        sweeps.Swept(time);
        var running = new HashSet<Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var woken = await wakes.Outbox.WaitAsync(TimeSpan.FromSeconds(5), time, stoppingToken);
                var overdue = sweeps.SinceLast(time) > HangfireMissing;
                try
                {
                    if (overdue || _isAlarmed != false)
                    {
                        await AlertAsync(overdue, stoppingToken);
                    }
                }
                finally
                {
                    if (woken || overdue)
                    {
                        // Not awaited here: a slow mail server must not keep the other channels from their next wake.
                        running.RemoveWhere(drain => drain.IsCompleted);
                        running.UnionWith(drains.Select(drain => RunAsync(drain, stoppingToken)));
                    }
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The pump outlives whatever fails; the next wake or sweep tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.LogError(exception, "The outbox pump failed; it goes on at the next wake.");
            }
        }

        // What was sent must be marked before the process ends.
        await Task.WhenAll(running);
    }

    private async Task RunAsync(OutboxDrain drain, CancellationToken cancellationToken)
    {
        try
        {
            await drain.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
#pragma warning disable CA1031 // The next wake or sweep tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogError(exception, "Channel {Channel} could not be drained; it goes on at the next wake or sweep.", drain.Channel);
        }
    }

    /// <summary>Raises the alert once while Hangfire is silent on all nodes, and ends it when it is not.</summary>
    private async Task AlertAsync(bool overdue, CancellationToken cancellationToken)
    {
        var isSilent = overdue && await IsSilentAsync(cancellationToken);
        if (isSilent == _isAlarmed)
        {
            return;
        }

        if (!isSilent)
        {
            await AlertRows.ResolveAsync(databases.Workers, AlertKey, cancellationToken);
        }
        else if (await AlertRows.RaiseAsync(databases.Workers, AlertKey, AlertSeverity.Warning, "outbox", new Dictionary<string, string>(StringComparer.Ordinal), AlertKey, cancellationToken))
        {
            wakes.Alerts.Wake();
            logger.LogWarning("Hangfire has not swept the outbox for {Seconds} s; the pump does it.", (int)HangfireMissing.TotalSeconds);
        }

        _isAlarmed = isSilent;
        wakes.Alerts.Wake();
    }

    /// <summary>True when no node's Hangfire has planned a sweep lately, or it cannot even be asked.</summary>
    private async Task<bool> IsSilentAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = databases.Workers.CreateCommand(LastPlan);
            var planned = JobHelper.DeserializeNullableDateTime(await command.ExecuteScalarAsync(cancellationToken) as string);
            return planned is not { } at || time.GetUtcNow() - new DateTimeOffset(at.ToUniversalTime()) > HangfireMissing;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return true;
        }
    }
}

/// <summary>When Hangfire last swept the outbox on this node.</summary>
internal sealed class OutboxSweeps
{
    private long _last;

    public void Swept(TimeProvider time) => Interlocked.Exchange(ref _last, time.GetTimestamp());

    public TimeSpan SinceLast(TimeProvider time) => time.GetElapsedTime(Interlocked.Read(ref _last));
}
