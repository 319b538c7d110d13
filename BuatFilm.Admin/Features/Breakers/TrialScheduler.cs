using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Tries a service when its break is over: one node, one call, and work that waits before a probe.</summary>
/// <remarks>
/// Work is preferred because it proves more: a mail server may greet and then fail every message. Customers' own calls
/// are refused until the trial has gone well, so none of them waits for a service that is still down.
/// </remarks>
internal sealed class TrialScheduler(
    ServicePipelines pipelines,
    TrialRights rights,
    IEnumerable<IServiceProbe> probes,
    IOptionsMonitor<MidtransOptions> midtrans,
    Wakes wakes,
    TimeProvider time,
    ILogger<TrialScheduler> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    /// <summary>How long waiting work has to use the trial; then the probe does.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Until the right is asked for again that another node holds.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    private readonly Dictionary<ExternalService, Task> _trials = [];
    private readonly Dictionary<ExternalService, DateTimeOffset> _askAt = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var pipeline in pipelines.All)
        {
            pipeline.Attend();
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A new server key deserves a call at once.
        using var settings = midtrans.OnChange(_ => pipelines[ExternalService.Midtrans].EndPause());
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var pipeline in pipelines.All)
                {
                    if (pipeline.IsTrialDue && time.GetUtcNow() >= _askAt.GetValueOrDefault(pipeline.Service)
                        && (!_trials.TryGetValue(pipeline.Service, out var running) || running.IsCompleted))
                    {
                        _askAt[pipeline.Service] = time.GetUtcNow() + AskAgain;
                        _trials[pipeline.Service] = TryAsync(pipeline, stoppingToken);
                    }
                }
            }
        }
        finally
        {
            await Task.WhenAll(_trials.Values);
        }
    }

    private async Task TryAsync(ServicePipeline pipeline, CancellationToken stoppingToken)
    {
        try
        {
            var right = await rights.TakeAsync(pipeline.Service, pipeline.Options.AttemptTimeout + Grace + Margin, stoppingToken);
            if (!right.IsGranted)
            {
                pipeline.DeferTrial(time.GetUtcNow() + right.HeldFor);
                return;
            }

            await RunAsync(pipeline, right.IsWorkWaiting, stoppingToken);
            if (right.IsShared)
            {
                await rights.SettleAsync(pipeline.Service, pipeline.HeldFor, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
#pragma warning disable CA1031 // The next tick tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogError(exception, "The trial of {Service} failed; another one follows.", pipeline.Service);
        }
    }

    private async Task RunAsync(ServicePipeline pipeline, bool isWorkWaiting, CancellationToken stoppingToken)
    {
        var probe = probes.FirstOrDefault(candidate => candidate.Service == pipeline.Service);
        if ((isWorkWaiting || probe is null) && pipeline.GrantTrial(toProbe: false) is { } forWork)
        {
            Wake(pipeline.Service);
            await Task.WhenAny(forWork.Ended, Task.Delay(Grace, time, stoppingToken));
            if (!pipeline.RevokeTrial(forWork))
            {
                await forWork.Ended.WaitAsync(stoppingToken);
                return;
            }
        }

        if (probe is not null && pipeline.GrantTrial(toProbe: true) is { } forProbe)
        {
            try
            {
                await ProbeScope.AskAsync(probe, stoppingToken);
            }
            finally
            {
                // A probe that called nobody has tried nothing.
                pipeline.RevokeTrial(forProbe);
            }
        }
    }

    private void Wake(ExternalService service)
    {
        if (service == ExternalService.Midtrans)
        {
            wakes.Orders.Wake();
            wakes.Checks.Wake();
        }
        else
        {
            wakes.Outbox.Wake();
        }
    }
}
