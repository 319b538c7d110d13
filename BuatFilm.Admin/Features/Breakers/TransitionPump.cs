using System.Threading.Channels;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Carries every change of a breaker to the board, and then into rows.</summary>
/// <remarks>
/// Memory first: pages know of an outage also when the database is what broke. The rows follow in order, as soon as
/// they can be written, and never hold up the memory.
/// </remarks>
internal sealed class TransitionPump(
    ServicePipelines pipelines,
    TransitionRows rows,
    LeaseHolder identity,
    StatusBoard board,
    Wakes wakes,
    TimeProvider time,
    ILogger<TransitionPump> logger) : BackgroundService
{
    /// <summary>Changes that wait for the database; of more than these the oldest are forgotten.</summary>
    private const int MaxWaiting = 10_000;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Services whose breaker closed here while another node's kept the alert alive.</summary>
    private readonly HashSet<ExternalService> _kept = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(PublishAsync(stoppingToken), WriteAsync(stoppingToken));

    private async Task PublishAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in pipelines.Changes.ReadAllAsync(stoppingToken))
        {
            board.Publish(snapshot => Apply(snapshot, change));
            Log(change);
            _waiting.Writer.TryWrite(new Waiting(change, time.GetTimestamp()));
            if (change is { State: BreakerState.Closed } && (change.From != BreakerState.Closed || change.Cause is BreakerCause.ConfigurationAccepted or BreakerCause.ConfigurationChanged))
            {
                wakes.Outbox.Wake();
                wakes.Orders.Wake();
                wakes.Checks.Wake();
            }
        }
    }

    private static StatusSnapshot Apply(StatusSnapshot snapshot, BreakerChange change)
    {
        var next = snapshot.WithMode(change.Service, change.Mode, change.Fault);

        if (change.State == change.From && change.Cause is not (BreakerCause.FirstAnswer or BreakerCause.TrialDeferred or BreakerCause.BreakEnded or BreakerCause.ConfigurationAccepted))
        {
            return next;
        }

        // What an operator closes is not well for that.
        var isNewsOfHealth = change.Cause is not (BreakerCause.Operator or BreakerCause.OperatorReleased or BreakerCause.OverrideExpired);
        return next.WithBreaker(change.Service, change.State, change.At, change.RetryAt, isNewsOfHealth);
    }

    private void Log(BreakerChange change)
    {
        var isBad = (change.State != change.From && change.State is BreakerState.Open or BreakerState.Isolated) || change.Cause == BreakerCause.Misconfigured;
        var level = isBad ? LogLevel.Warning : LogLevel.Information;
        if ((change.RetryAt ?? change.Fault?.PausedUntil) is { } retryAt)
        {
            logger.Log(level, "The breaker of {Service} is {State} ({Cause}); next trial at {RetryAt}.", change.Service, change.State, change.Cause, retryAt);
            return;
        }

        logger.Log(level, "The breaker of {Service} is {State} ({Cause}).", change.Service, change.State, change.Cause);
    }

    private async Task WriteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (_waiting.Reader.TryPeek(out var next))
            {
                await WriteAsync(next, stoppingToken);
                _waiting.Reader.TryRead(out _);
            }
            else if (_kept.Count == 0)
            {
                await _waiting.Reader.WaitToReadAsync(stoppingToken);
            }
            else
            {
                await ResolveKeptAsync(stoppingToken);
                await Task.WhenAny(_waiting.Reader.WaitToReadAsync(stoppingToken).AsTask(), Task.Delay(LongestRetry, time, stoppingToken));
            }
        }
    }

    /// <summary>Until it is written: the database may be what broke.</summary>
    private async Task WriteAsync(Waiting waiting, CancellationToken stoppingToken)
    {
        for (var retry = FirstRetry; ; retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry)
        {
            try
            {
                var change = waiting.Change;
                var alerted = await rows.WriteAsync(change, NodeId, board.Current.Node.MachineName, waiting.Since, stoppingToken);
                if (change.State == BreakerState.Closed && (change.From != BreakerState.Closed || change.Cause == BreakerCause.FirstAnswer))
                {
                    alerted |= await ResolveAsync(change.Service, stoppingToken);
                }
                else if (change.State == BreakerState.Open)
                {
                    _kept.Remove(change.Service);
                }

                if (alerted)
                {
                    wakes.Alerts.Wake();
                }

                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // In order, and later rather than not at all.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.LogDebug(exception, "A change of a breaker could not be written; trying again.");
                await Task.Delay(retry, time, stoppingToken);
            }
        }
    }

    private async Task<bool> ResolveAsync(ExternalService service, CancellationToken cancellationToken)
    {
        var (isResolved, isKept) = await rows.ResolveOpenedAsync(service, NodeId, cancellationToken);
        if (isKept)
        {
            _kept.Add(service);
        }
        else
        {
            _kept.Remove(service);
        }

        return isResolved;
    }

    private async Task ResolveKeptAsync(CancellationToken stoppingToken)
    {
        foreach (var service in _kept.ToList())
        {
            try
            {
                if (await ResolveAsync(service, stoppingToken))
                {
                    wakes.Alerts.Wake();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // The next round tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.LogDebug(exception, "The alert of {Service} could not be resolved; trying again.", service);
            }
        }
    }

    private Guid NodeId => identity.Current ?? board.Current.SelfId;

    /// <param name="Since">When it happened, as a timestamp of the time provider.</param>
    private sealed record Waiting(BreakerChange Change, long Since);
}
