using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Applies what operators want of the breakers: before this node takes traffic, then whenever a row changes, and until it expires.</summary>
/// <remarks>Without the database the last wishes hold, and end by themselves.</remarks>
internal sealed class OverrideKeeper(OverrideRows rows, ServicePipelines pipelines, StatusBoard board, TimeProvider time, ILogger<OverrideKeeper> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<ExternalService, Applied> _applied = [];
    private DateTimeOffset _notBefore;

    /// <summary>Before any service of the app starts, so also before the first call.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LoadAsync(cancellationToken);
        }
#pragma warning disable CA1031 // The database was there a moment ago, for the migrations; the first tick tries again.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.LogWarning(exception, "The operators' wishes for the breakers could not be read yet.");
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Applies one row on this node. A row that is older than what was applied changes nothing.</summary>
    public void Apply(OverrideRow row) => Apply(row, row.IsInForce ? BreakerCause.Operator : BreakerCause.OperatorReleased);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ExpireAsync(stoppingToken);
                if (board.Current.Cluster.OverridesRevision > Revision && time.GetUtcNow() >= _notBefore)
                {
                    await LoadAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The next tick tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _notBefore = time.GetUtcNow() + RetryAfterFailure;
                logger.LogDebug(exception, "The operators' wishes for the breakers could not be read; trying again.");
            }
        }
    }

    /// <summary>What <see cref="ClusterStatus.OverridesRevision"/> is when nothing is news.</summary>
    private long Revision
    {
        get
        {
            lock (_lock)
            {
                return _applied.Values.Sum(applied => applied.Revision);
            }
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await rows.ReadAsync(cancellationToken))
        {
            Apply(row);
        }
    }

    private void Apply(OverrideRow row, BreakerCause cause)
    {
        lock (_lock)
        {
            if (_applied.TryGetValue(row.Service, out var before) && before.Revision >= row.Revision)
            {
                return;
            }

            // Its end by this machine's clock: the two may differ.
            var expiresAt = time.GetUtcNow() + row.Left;
            _applied[row.Service] = new Applied(row.Revision, row.Mode != BreakerMode.Automatic, row.IsInForce, expiresAt);
            Show(row.Service, row.IsInForce ? new OverrideStatus(row.Mode, row.Reason, row.Actor, row.CreatedAt, row.ExpiresAt, row.Revision) : null, cause);
        }
    }

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        List<KeyValuePair<ExternalService, Applied>> over;
        lock (_lock)
        {
            over = [.. _applied.Where(applied => applied.Value.IsWritten && applied.Value.ExpiresAt <= time.GetUtcNow())];
            foreach (var (service, applied) in over.Where(applied => applied.Value.IsInForce))
            {
                _applied[service] = applied with { IsInForce = false };
                Show(service, null, BreakerCause.OverrideExpired);
            }
        }

        if (time.GetUtcNow() < _notBefore)
        {
            return;
        }

        foreach (var (service, applied) in over)
        {
            // The row still says that it is in force. Of several nodes one will say otherwise, and leave word in the audit log.
            if (await rows.ExpireAsync(service, applied.Revision, cancellationToken) is { } row)
            {
                Apply(row, BreakerCause.OverrideExpired);
            }
            else
            {
                _notBefore = time.GetUtcNow() + RetryAfterFailure;
            }
        }
    }

    private void Show(ExternalService service, OverrideStatus? wish, BreakerCause cause)
    {
        pipelines[service].SetMode(wish?.Mode ?? BreakerMode.Automatic, cause);
        board.Publish(snapshot => snapshot.WithOverride(service, wish));
    }

    /// <param name="IsWritten">True while the row says that the wish is in force.</param>
    /// <param name="IsInForce">False once it has ended here.</param>
    private sealed record Applied(long Revision, bool IsWritten, bool IsInForce, DateTimeOffset ExpiresAt);
}
