using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Retries;
using BuatFilm.Core.Webhooks;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Asks GET status about one event, and applies what Midtrans itself says.</summary>
internal sealed class VerifyPaymentEvent(
    Databases databases,
    MidtransClient midtrans,
    IOptions<WebhooksOptions> options,
    IOptionsMonitor<MidtransOptions> account,
    IOptionsMonitor<WhatsAppOptions> whatsApp,
    Wakes wakes,
    ILogger<VerifyPaymentEvent> logger)
{
    /// <summary>Contradictions needed before a payment that was applied is put on hold: Midtrans' own answer may lag its notification.</summary>
    private const int ContradictionsBeforeHold = 2;

    private readonly LedgerStore _store = new(databases.Workers);
    private readonly PaymentEventChecks _checks = new(databases.Workers);

    public async Task ExecuteAsync(ClaimedCheck check, Guid owner, double jitter, CancellationToken cancellationToken)
    {
        var answer = await midtrans.GetStatusAsync(check.TransactionId, cancellationToken);
        switch (answer.Result)
        {
            case StatusResult.Found when answer.Payment is { } truth:
                await ApplyAsync(check, owner, truth, answer.Raw!, jitter, cancellationToken);
                break;
            case StatusResult.NotFound when check.Outcome == EventOutcome.Applied && check.Attempt >= options.Value.UnknownAnswersBeforeHold:
                await SettleAsync(check, owner, truth: null, raw: null, HoldReasons.Unverifiable, cancellationToken);
                break;
            default:
                var asked = answer.Verdict != ServiceVerdict.NotCalled;
                var wait = WaitAfter(check.Attempt, jitter);
                await _checks.PostponeAsync(check, owner, answer.RetryAfter is { } told && told > wait ? told : wait, answer.Code ?? "unavailable", counts: asked, cancellationToken);
                break;
        }
    }

    private async Task ApplyAsync(ClaimedCheck check, Guid owner, MidtransNotification truth, byte[] raw, double jitter, CancellationToken cancellationToken)
    {
        // DANA answers with an order id of its own; for all others another order's payment proves nothing of this one.
        var isOurs = string.Equals(truth.OrderId, check.MidtransOrderId, StringComparison.Ordinal) || truth.PaymentType == "dana";
        var agrees = isOurs && truth.State is { } state && check.Told is { } told
            && PaymentLedger.Agrees(told, state, truth.PaymentType, truth.Issuer);

        if (!agrees && check.Outcome == EventOutcome.Applied && check.Attempt < ContradictionsBeforeHold)
        {
            await _checks.PostponeAsync(check, owner, WaitAfter(check.Attempt, jitter), "contradicted", counts: true, cancellationToken);
            return;
        }

        var ofThisOrder = isOurs ? truth with { OrderId = check.MidtransOrderId } : null;
        await SettleAsync(check, owner, ofThisOrder, raw, agrees ? null : HoldReasons.Refuted, cancellationToken);
    }

    /// <summary>Writes the answer: what it does to the order, what becomes of the event, and the end of the question, in one transaction.</summary>
    private async Task SettleAsync(ClaimedCheck check, Guid owner, MidtransNotification? truth, byte[]? raw, string? disagreement, CancellationToken cancellationToken)
    {
        // Overtaken by another writer of the order: decide again on what is true now.
        for (var round = 0; round < 20; round++)
        {
            var row = (await _store.ReadAsync([(check.EventKey, check.MidtransOrderId)], cancellationToken))[0];
            var news = truth ?? PaymentEventChecks.Reread(check.Raw);
            if (news is null)
            {
                logger.LogError("Event {EventId} holds no readable payment; it is not asked about any more.", check.EventId);
                await EndOnlyAsync(check, owner, cancellationToken);
                return;
            }

            if (row.Order is null)
            {
                // No order came under this id; when one does, Midtrans' next word is applied afresh.
                await EndOnlyAsync(check, owner, cancellationToken);
                return;
            }

            var decision = Decide(check, row, news, truth, disagreement);
            if (await TryWriteAsync(check, owner, row, news, raw, truth, decision, cancellationToken))
            {
                Announce(check, decision, disagreement);
                return;
            }
        }

        await _checks.PostponeAsync(check, owner, options.Value.RetryCheckAfter, "overtaken", counts: false, cancellationToken);
    }

    private LedgerDecision Decide(ClaimedCheck check, LedgerRow row, MidtransNotification news, MidtransNotification? truth, string? disagreement)
    {
        var order = row.Order!;
        var payment = order.Payments.FirstOrDefault(known => string.Equals(known.TransactionId, check.TransactionId, StringComparison.Ordinal));

        if (disagreement is not null && check.Outcome == EventOutcome.Applied && payment is not null && payment.State == check.Told)
        {
            // Money was counted that Midtrans does not know of.
            return PaymentLedger.Refute(order, payment, truth?.State, disagreement, row.Now) with { Reason = disagreement };
        }

        if (truth is null)
        {
            return Keep(order, EventOutcome.Refuted, disagreement);
        }

        var decided = PaymentLedger.Decide(order, news, account.CurrentValue.MerchantId, verified: true, row.Now);
        var outcome = (disagreement, decided.Outcome) switch
        {
            (null, EventOutcome.Mismatch) => EventOutcome.Mismatch,
            (null, _) => EventOutcome.Applied,

            // The truth may have gone on lawfully since; then the event was late, not false.
            _ => EventOutcome.Refuted,
        };

        return decided with { Outcome = outcome, Reason = outcome == EventOutcome.Applied ? null : disagreement ?? decided.Reason, Check = CheckUrgency.None };
    }

    private static LedgerDecision Keep(OrderFacts order, EventOutcome outcome, string? reason) =>
        new(outcome, reason, null, order.Status, OrderFold.SumsOf(order.Payments), false, CheckUrgency.None, []);

    private async Task<bool> TryWriteAsync(ClaimedCheck check, Guid owner, LedgerRow row, MidtransNotification news, byte[]? raw, MidtransNotification? truth, LedgerDecision decision, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var review = new LedgerWrite(check.EventId, check.EventKey, news, check.Raw, EventSource.Notification, row.Order, row.Version, decision, null, row.HasUnapplied && decision.Payment is not null);
        if (!await LedgerStore.WriteAsync(connection, review, options.Value.TermsFor(whatsApp.CurrentValue), cancellationToken)
            || !await PaymentEventChecks.EndAsync(connection, check, owner, cancellationToken))
        {
            await transaction.RollbackAsync(cancellationToken);

            // Either the order moved on, and the next round sees it, or another run holds the question, and the next round ends in a postponement that changes nothing.
            return false;
        }

        if (truth is not null && raw is not null && decision.Outcome != EventOutcome.Mismatch)
        {
            var outcome = decision.Payment is null ? EventOutcome.IgnoredStale : EventOutcome.Applied;
            await LedgerStore.RecordAnswerAsync(connection, row.Order!.OrderId, truth, raw, outcome, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task EndOnlyAsync(ClaimedCheck check, Guid owner, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await PaymentEventChecks.EndAsync(connection, check, owner, cancellationToken);
    }

    private void Announce(ClaimedCheck check, LedgerDecision decision, string? disagreement)
    {
        if (decision.BecamePaid)
        {
            wakes.Outbox.Wake();
        }

        if (disagreement is not null)
        {
            logger.LogWarning("GET status does not confirm event {EventId} of order {OrderId}: {Reason}.", check.EventId, check.MidtransOrderId, disagreement);
        }

        wakes.Checks.Wake();
    }

    private TimeSpan WaitAfter(int attempts, double jitter) =>
        new Backoff(options.Value.RetryCheckAfter, options.Value.MaxCheckWait).After(attempts, jitter);
}
