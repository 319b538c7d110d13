using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Applies what GET status says of an order as an event of its own, by the same rules and the same statement as a notification.</summary>
internal sealed class ApplyPolledPayment(Databases databases, IOptions<WebhooksOptions> options, IOptionsMonitor<MidtransOptions> account, IOptionsMonitor<WhatsAppOptions> whatsApp, Wakes wakes, ILogger<ApplyPolledPayment> logger)
{
    private readonly LedgerStore _store = new(databases.Workers);

    /// <param name="midtransOrderId">The order that was asked about.</param>
    /// <param name="raw">The bytes of the answer, as evidence.</param>
    /// <returns>True when it is news that pays.</returns>
    public async Task<bool> ExecuteAsync(string midtransOrderId, MidtransNotification answer, byte[] raw, CancellationToken cancellationToken)
    {
        // DANA answers with an order id of its own; for all others another order's payment proves nothing of this one.
        if (!string.Equals(answer.OrderId, midtransOrderId, StringComparison.Ordinal) && answer.PaymentType != "dana")
        {
            logger.LogWarning("GET status of order {OrderId} told of another order; it is ignored.", midtransOrderId);
            return false;
        }

        var truth = answer with { OrderId = midtransOrderId };
        var key = EventKey.Of(truth);

        // Overtaken by a notification of the same order: decide again on what is true now.
        for (var round = 0; round < 20; round++)
        {
            var row = (await _store.ReadAsync([(key, truth.OrderId)], cancellationToken))[0];
            if (row.Order is null || row is { EventId: not null, EventOutcome: EventOutcome.Applied or EventOutcome.Duplicate or EventOutcome.IgnoredStale or EventOutcome.Unsupported } && row.EventMidtransOrderId == truth.OrderId)
            {
                return false;
            }

            if (row.EventId is not null && row.EventMidtransOrderId != truth.OrderId && row.EventOutcome != EventOutcome.UnknownOrder)
            {
                // A forger told the same of another order; Midtrans itself tells it of this one.
                key = EventKey.OfRival(truth);
                continue;
            }

            var decision = PaymentLedger.Decide(row.Order, truth, account.CurrentValue.MerchantId, verified: true, row.Now) with { Check = CheckUrgency.None };
            var write = new LedgerWrite(null, key, truth, raw, EventSource.Poll, row.Order, row.Version, decision, null, row.HasUnapplied && decision.Payment is not null);
            if ((await _store.WriteAsync([write], options.Value.TermsFor(whatsApp.CurrentValue), cancellationToken)).Count == 1)
            {
                Announce(truth, decision);
                return decision.BecamePaid;
            }
        }

        return false;
    }

    private void Announce(MidtransNotification truth, LedgerDecision decision)
    {
        WebhookMetrics.FoundByPoll(decision.Outcome);
        logger.LogInformation("GET status told that payment {TransactionId} of order {OrderId} is {Status}; no notification had.", truth.TransactionId, truth.OrderId, truth.TransactionStatus);
        if (decision.BecamePaid)
        {
            wakes.Outbox.Wake();
        }

        if (decision.Alerts.Count > 0)
        {
            wakes.Alerts.Wake();
        }
    }
}
