using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Payments;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Asks GET status about orders whose notifications may never have come, applies what Midtrans says, and ends orders whose page has closed unpaid.</summary>
/// <remarks>Midtrans repeats a notification for less than six hours; whatever is lost after that is found here. Nothing is asked while its breaker is open.</remarks>
internal sealed class ReconcilePayments(
    Databases databases,
    MidtransClient midtrans,
    ApplyPolledPayment apply,
    ServicePipelines pipelines,
    LeaseHolder identity,
    IOptions<WebhooksOptions> options,
    Wakes wakes,
    ILogger<ReconcilePayments> logger) : IDisposable
{
    /// <summary>Longer than the questions about one order may take: each an attempt's deadline.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Open attempts of one order that are asked about; more than one is rare.</summary>
    private const int MaxAttempts = 5;

    private readonly SingleRun _one = new();
    private readonly PaymentPolls _polls = new(databases.Workers);
    private readonly LedgerStore _store = new(databases.Workers);

    /// <returns>How many orders were looked at.</returns>
    public Task<int> ExecuteAsync(CancellationToken cancellationToken) => _one.RunAsync(RunAsync, cancellationToken);

    public void Dispose() => _one.Dispose();

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (total, found) = (0, 0);
        while (total < options.Value.PollsPerRun && !cancellationToken.IsCancellationRequested && identity.Current is { } owner)
        {
            var admitted = pipelines[ExternalService.Midtrans].Admits(Math.Min(options.Value.ConcurrentChecks, options.Value.PollsPerRun - total));
            if (admitted == 0)
            {
                break;
            }

            var claimed = await _polls.ClaimAsync(admitted, owner, Lease, cancellationToken);
            if (claimed.Count == 0)
            {
                break;
            }

            var results = await Task.WhenAll(claimed.Select(poll => LookAsync(poll, owner, cancellationToken)));
            total += claimed.Count;
            found += results.Count(isNews => isNews);
        }

        if (total > 0)
        {
            await TellOfMissingAsync(found, cancellationToken);
        }

        return total;
    }

    /// <returns>True when a payment was found that no notification had told of.</returns>
    private async Task<bool> LookAsync(ClaimedPoll poll, Guid owner, CancellationToken cancellationToken)
    {
        try
        {
            switch (options.Value.Polls.NeedOf(poll.Status, poll.OpenedAt, poll.Now))
            {
                case PollNeed.None:
                    await _polls.FinishAsync(poll, owner, cancellationToken);
                    return false;
                case PollNeed.NotYet when poll.HasPage:
                    await _polls.PostponeAsync(poll, owner, poll.OpenedAt + options.Value.PollAfter - poll.Now, null, cancellationToken);
                    return false;
                default:
                    return await AskAsync(poll, owner, cancellationToken);
            }
        }
#pragma warning disable CA1031 // One order that fails must not keep the others from being looked at; its lease brings it back.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.LogError(exception, "Order {OrderId} could not be reconciled; it is looked at again.", poll.OrderId);
            return false;
        }
    }

    private async Task<bool> AskAsync(ClaimedPoll poll, Guid owner, CancellationToken cancellationToken)
    {
        var isNews = false;
        var asked = new HashSet<string>(StringComparer.Ordinal);

        // By the order's id Midtrans tells of one attempt; those that we know of and that are open are asked for by their own.
        var next = poll.MidtransOrderId;
        while (next is not null)
        {
            asked.Add(next);
            var answer = await midtrans.GetStatusAsync(next, cancellationToken);
            switch (answer.Result)
            {
                case StatusResult.Found:
                    asked.Add(answer.Payment!.TransactionId);
                    isNews |= await apply.ExecuteAsync(poll.MidtransOrderId, answer.Payment!, answer.Raw!, cancellationToken);
                    break;
                case StatusResult.NotFound:
                    break;
                case StatusResult.Unavailable or StatusResult.Misconfigured:
                    await _polls.PostponeAsync(poll, owner, WaitAfter(poll, answer.RetryAfter), answer.Code, cancellationToken);
                    return isNews;
            }

            var order = await OrderOfAsync(poll, cancellationToken);
            next = order?.Order?.Payments
                .Where(payment => payment.MidtransOrderId == poll.MidtransOrderId && PollSchedule.IsOpen(payment.State) && !asked.Contains(payment.TransactionId))
                .Select(payment => payment.TransactionId)
                .FirstOrDefault(_ => asked.Count <= MaxAttempts * 2);
        }

        await SettleAsync(poll, owner, cancellationToken);
        return isNews;
    }

    /// <summary>Decides when to look again, and ends what has ended.</summary>
    private async Task SettleAsync(ClaimedPoll poll, Guid owner, CancellationToken cancellationToken)
    {
        for (var round = 0; round < 20; round++)
        {
            if (await OrderOfAsync(poll, cancellationToken) is not { Order: { } order } row)
            {
                await _polls.FinishAsync(poll, owner, cancellationToken);
                return;
            }

            var isOpen = order.Payments.Any(payment => PollSchedule.IsOpen(payment.State));
            if (options.Value.Polls.NeedOf(order.Status, poll.OpenedAt, row.Now) == PollNeed.None || row.Now > poll.ExpiresAt + PollSchedule.GivesUpAfter)
            {
                await _polls.FinishAsync(poll, owner, cancellationToken);
                return;
            }

            if (!PollSchedule.IsOver(poll.ExpiresAt, row.Now) || isOpen)
            {
                await _polls.PostponeAsync(poll, owner, WaitAfter(poll, null), null, cancellationToken);
                return;
            }

            var status = poll.IsLatest ? OrderFold.AfterSession(order.Status, order.Payments) : order.Status;
            if (await _polls.EndAsync(poll, owner, row.Version, status, cancellationToken))
            {
                logger.LogInformation("The payment page of order {OrderId} has closed; the order is {Status}.", poll.OrderId, WireName<OrderStatus>.Of(status));
                return;
            }
        }
    }

    private async Task<LedgerRow?> OrderOfAsync(ClaimedPoll poll, CancellationToken cancellationToken) =>
        (await _store.ReadAsync([([], poll.MidtransOrderId)], cancellationToken))[0];

    private TimeSpan WaitAfter(ClaimedPoll poll, TimeSpan? asked)
    {
#pragma warning disable CA5394 // Spreads questions; nothing secret.
        var wait = options.Value.Polls.WaitAfter(poll.OpenedAt, poll.ExpiresAt, poll.Now, Random.Shared.NextDouble());
#pragma warning restore CA5394
        return asked is { } told && told > wait && told < options.Value.MaxPollWait ? told : wait;
    }

    /// <summary>A payment that had to be asked for means that notifications do not arrive; one that arrives afterwards means that they do again.</summary>
    private async Task TellOfMissingAsync(int found, CancellationToken cancellationToken)
    {
        const string AlertKind = "notifications_missing";
        if (found > 0)
        {
            var data = new Dictionary<string, string>(StringComparer.Ordinal) { ["payments"] = found.ToString(System.Globalization.CultureInfo.InvariantCulture) };
            await AlertRows.RaiseAsync(databases.Workers, AlertKind, AlertSeverity.Critical, "midtrans", data, AlertKind, cancellationToken);
            wakes.Alerts.Wake();
            return;
        }

        await using var command = databases.Workers.CreateCommand(
            """
            update alerts set resolved_at = (select app_now())
            where dedupe_key = $1 and resolved_at is null
              and last_raised_at < (select received_at from payment_events where source = 'notification' order by id desc limit 1)
            """);
        command.Parameters.Add(new() { Value = AlertKind });
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0)
        {
            wakes.Alerts.Wake();
        }
    }
}
