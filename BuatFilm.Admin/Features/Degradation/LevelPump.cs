using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Degradation;

namespace BuatFilm.Admin.Features.Degradation;

/// <summary>Writes the level's history, and raises and resolves the one alert of an outage.</summary>
/// <remarks>
/// The board knows first; rows follow when the database takes them, with the time at which it happened. So an outage of the
/// database itself is written after it, and told in one message when it is over by then.
/// </remarks>
internal sealed class LevelPump(StatusBoard board, Databases databases, LeaseHolder identity, Wakes wakes, TimeProvider time, ILogger<LevelPump> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>How often an open alert is looked at that another node, or a former run, left behind.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(15);

    /// <summary>A run that has just begun has asked nobody yet: what the former one left open may be true still.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(1);

    private readonly Queue<LevelChange> _waiting = new();
    private Outage? _outage;
    private (DegradationLevel Level, Outage Outage)? _written;
    private bool _mayBeOpen = true;
    private DateTimeOffset _resolveAt;
    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _resolveAt = time.GetUtcNow() + Reserve;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(stoppingToken);
                await StepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }
    }

    /// <summary>Takes what the board has, and writes what is due; what cannot be written waits for the next step.</summary>
    internal async Task StepAsync(CancellationToken cancellationToken)
    {
        board.Refresh();
        while (board.LevelChanges.TryRead(out var change))
        {
            _waiting.Enqueue(change);
            _outage = change.Outage ?? _outage;
        }

        var status = board.Current.Degradation;
        _outage = status.Outage ?? _outage;
        if (!IsDue(status))
        {
            return;
        }

        try
        {
            await WriteAsync(status, cancellationToken);
            _isFailing = false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The database may be what broke; everything waits in memory for the next step.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!_isFailing)
            {
                logger.LogWarning(exception, "{Count} changes of the degradation level could not be written yet; trying again every second.", _waiting.Count);
            }

            _isFailing = true;
        }
    }

    private bool IsDue(DegradationStatus status) =>
        _waiting.Count > 0
        || (status.Level != DegradationLevel.Normal && IsNews(status))
        || (status.Outage is null && (_outage is not null || (_mayBeOpen && time.GetUtcNow() >= _resolveAt)));

    private bool IsNews(DegradationStatus status) =>
        _written is not { } written
        || written.Level != status.Level
        || written.Outage.Worst != status.Outage!.Worst
        || !written.Outage.Services.SequenceEqual(status.Outage.Services);

    private async Task WriteAsync(DegradationStatus status, CancellationToken cancellationToken)
    {
        // Without a session nobody could tell whether the node that wrote it is alive.
        if (identity.Current is not { } node)
        {
            return;
        }

        var now = time.GetUtcNow();
        var raises = status.Level != DegradationLevel.Normal && IsNews(status);
        var ends = status.Outage is null && (_outage is not null || (_mayBeOpen && now >= _resolveAt));
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var change in _waiting)
        {
            await LevelRows.AddChangeAsync(connection, node, new WaitingChange(change, now - change.At), cancellationToken);
        }

        // An outage that is over before it could be written is raised and resolved at once: one message tells both.
        if (_outage is { } outage && (raises || (ends && _written is null)))
        {
            await LevelRows.RaiseAsync(connection, new OutageFacts(status.Level, outage.Worst, outage.Services, now - outage.Since), cancellationToken);
        }

        var isClosed = ends && await LevelRows.ResolveAsync(connection, node, now - status.Since, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        _waiting.Clear();
        if (raises)
        {
            _written = (status.Level, status.Outage!);
            _mayBeOpen = true;
        }
        else if (ends)
        {
            (_outage, _written, _mayBeOpen, _resolveAt) = (null, null, !isClosed, now + LookAgain);
        }

        if (raises || ends)
        {
            wakes.Alerts.Wake();
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => patience.Cancel(), null, Tick, Timeout.InfiniteTimeSpan);
        try
        {
            await board.LevelChanges.WaitToReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Once a second, for what time alone changes.
        }
    }
}
