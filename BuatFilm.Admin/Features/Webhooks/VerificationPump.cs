using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Retries;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Takes the events that GET status has still to speak about, as they fall due.</summary>
/// <remarks>Nothing is claimed while Midtrans' breaker is open; what waited because of it is asked as soon as Midtrans is back, a few at first.</remarks>
internal sealed class VerificationPump(
    Databases databases,
    VerifyPaymentEvent verify,
    ServicePipelines pipelines,
    IOptions<WebhooksOptions> options,
    Wakes wakes,
    TimeProvider time,
    ILogger<VerificationPump> logger) : BackgroundService
{
    /// <summary>Longer than one question may take: the attempt's deadline and the writes.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>A wake is only a hint, and a confirmation falls due some time after it.</summary>
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    private readonly PaymentEventChecks _checks = new(databases.Workers);
    private readonly ServicePipeline _midtrans = pipelines[ExternalService.Midtrans];
    private readonly ReturnWatch _return = new(pipelines[ExternalService.Midtrans], time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await VerifyDueAsync(stoppingToken) > 0)
                {
                }

                await wakes.Checks.WaitAsync(Sweep, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The pump outlives whatever fails; the leases bring the work back.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.LogError(exception, "Asking GET status failed; it goes on in a moment.");
                await Task.Delay(TimeSpan.FromSeconds(2), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<int> VerifyDueAsync(CancellationToken cancellationToken)
    {
        if (_return.Look())
        {
            await _checks.ResumeAsync(cancellationToken);
            _return.Settle();
        }

        var admitted = _midtrans.Admits(Ramp.Of(options.Value.ConcurrentChecks, _return.SinceReturn));
        if (admitted == 0)
        {
            return 0;
        }

        // A token of its own for every claim: what an earlier run still does is fenced off.
        var owner = Guid.NewGuid();
        var claimed = await _checks.ClaimAsync(admitted, owner, Lease, cancellationToken);
#pragma warning disable CA5394 // Spreads retries; nothing secret.
        await Task.WhenAll(claimed.Select(check => verify.ExecuteAsync(check, owner, Random.Shared.NextDouble(), cancellationToken)));
#pragma warning restore CA5394
        return claimed.Count;
    }
}
