using System.Collections.Concurrent;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Asks every service now and then whether it is there, and again at once when a call has failed.</summary>
/// <remarks>
/// So a service that is really down is known within a second, and not by the customers' next four calls. While a
/// breaker is open nobody asks here: that is the trial's.
/// </remarks>
internal sealed class ServiceProber(
    IEnumerable<IServiceProbe> probes,
    ServicePipelines pipelines,
    StatusBoard board,
    IOptions<ProbesOptions> options,
    TimeProvider time,
    ILogger<ServiceProber> logger) : BackgroundService
{
    /// <summary>Between the questions after a failed call.</summary>
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(150);

    /// <summary>Silence for so long is a reason to ask once more; for services with short deadlines, a quarter of those.</summary>
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(2);

    /// <summary>Readiness forgets what it has heard of the database after three of these.</summary>
    private static readonly TimeSpan DatabaseInterval = TimeSpan.FromSeconds(2);

    private const int MaxQuestions = 8;

    /// <summary>A single failure may be a blip, and the next question comes at once.</summary>
    private const int FailuresThatCount = 2;

    private readonly ConcurrentDictionary<ExternalService, int> _failures = new();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(probes.DistinctBy(probe => probe.Service).Select(probe => WatchAsync(probe, stoppingToken)));

    /// <summary>Asks whatever nobody has asked for a while, such as while these loops were stuck.</summary>
    public async Task AskStaleAsync(CancellationToken cancellationToken)
    {
        foreach (var probe in probes.DistinctBy(probe => probe.Service))
        {
            var age = time.GetUtcNow() - board.Current[probe.Service].CheckedAt;
            if (!(age < IntervalOf(probe.Service) * 3))
            {
                await AskWhileClosedAsync(probe, cancellationToken);
            }
        }
    }

    private TimeSpan IntervalOf(ExternalService service) =>
        service == ExternalService.Database && options.Value.ProbeInterval > DatabaseInterval ? DatabaseInterval : options.Value.ProbeInterval;

    private async Task WatchAsync(IServiceProbe probe, CancellationToken stoppingToken)
    {
        var pipeline = pipelines[probe.Service];
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await AskWhileClosedAsync(probe, stoppingToken);
#pragma warning disable CA5394 // Spreads the questions of several nodes; nothing secret.
                var wait = IntervalOf(probe.Service) * (0.8 + (0.4 * Random.Shared.NextDouble()));
#pragma warning restore CA5394
                var asked = time.GetTimestamp();
                while (wait - time.GetElapsedTime(asked) is var left && left > TimeSpan.Zero && await WaitForSuspicionAsync(pipeline, left, stoppingToken))
                {
                    await ConfirmAsync(probe, pipeline, [], stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The other services, and this one's next round, must not fall with it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.LogError(exception, "Asking {Service} failed; it goes on in a moment.", probe.Service);
                await Task.Delay(DatabaseInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task AskWhileClosedAsync(IServiceProbe probe, CancellationToken cancellationToken)
    {
        var pipeline = pipelines[probe.Service];
        if (probe.Service != ExternalService.Database)
        {
            if (pipeline.State != BreakerState.Closed || pipeline.IsHeld)
            {
                return;
            }

            // Work has had an answer lately: no need to ask.
            if (pipeline.LastAnswerAt is { } answered && time.GetUtcNow() - answered < IntervalOf(probe.Service) / 2)
            {
                board.Publish(snapshot => snapshot[probe.Service].CheckedAt >= answered ? snapshot : snapshot.WithProbe(probe.Service, ServiceHealth.Healthy, answered));
                return;
            }
        }

        var question = AskAsync(probe, cancellationToken);
        var patience = pipeline.Options.AttemptTimeout / 4;
        await Task.WhenAny(question, Task.Delay(patience < LongestPatience ? patience : LongestPatience, time, cancellationToken));
        if (question.IsCompleted)
        {
            await question;
        }
        else
        {
            // A service that hangs is down once five questions have timed out: they may do so side by side.
            await ConfirmAsync(probe, pipeline, [question], cancellationToken);
        }
    }

    /// <summary>Asks until it is known: one answer, or an open breaker. Questions without an answer yet do not hold up the next.</summary>
    /// <param name="asked">Those that are under way already.</param>
    private async Task ConfirmAsync(IServiceProbe probe, ServicePipeline pipeline, List<Task<ServiceVerdict>> asked, CancellationToken cancellationToken)
    {
        var most = Math.Min(pipeline.Options.ConsecutiveFailures + 1, MaxQuestions);
        while (asked.Count < most && pipeline.State == BreakerState.Closed && !pipeline.IsHeld)
        {
            asked.Add(AskAsync(probe, cancellationToken));
            await Task.Delay(Spacing, time, cancellationToken);
            if (asked.Any(question => question is { IsCompletedSuccessfully: true, Result: ServiceVerdict.Answered }))
            {
                break;
            }
        }

        await Task.WhenAll(asked);
    }

    private async Task<ServiceVerdict> AskAsync(IServiceProbe probe, CancellationToken cancellationToken)
    {
        var verdict = await ProbeScope.AskAsync(probe, cancellationToken);
        var isAway = verdict is ServiceVerdict.Outage or ServiceVerdict.Throttled;
        var failures = isAway ? _failures.AddOrUpdate(probe.Service, 1, (_, before) => before + 1) : 0;
        if (!isAway && verdict != ServiceVerdict.NotCalled)
        {
            _failures[probe.Service] = 0;
            Publish(probe.Service, ServiceHealth.Healthy);
        }
        else if (failures >= FailuresThatCount)
        {
            Publish(probe.Service, ServiceHealth.Unhealthy);
        }

        return verdict;
    }

    private void Publish(ExternalService service, ServiceHealth health)
    {
        var before = board.Current[service].Probed;
        board.Publish(snapshot => snapshot.WithProbe(service, health, time.GetUtcNow()));

        // Once per change; a line a second all night would hide the one that matters.
        if (health != before && health == ServiceHealth.Unhealthy)
        {
            logger.LogWarning("{Service} does not answer.", service);
        }
        else if (health != before)
        {
            logger.LogInformation("{Service} answers.", service);
        }
    }

    private async Task<bool> WaitForSuspicionAsync(ServicePipeline pipeline, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => patience.Cancel(), null, atMost, Timeout.InfiniteTimeSpan);
        try
        {
            return await pipeline.Suspicions.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
