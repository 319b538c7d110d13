using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Payments;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Decides what becomes of a queued order that got no payment page this time: it waits, goes on under another id, or ends and people are told.</summary>
internal sealed class SettleUnopenedSession(
    Databases databases,
    SessionQueue queue,
    MidtransClient midtrans,
    IOptions<OrdersOptions> options,
    Wakes wakes,
    ILogger<SettleUnopenedSession> logger)
{
    /// <summary>Further ids for one order; Midtrans refusing that many is no accident.</summary>
    private const int MaxSessions = 5;

    /// <summary>How far Midtrans' clock may be behind ours.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(10);

    /// <param name="answer">Midtrans'; null when it was not asked, because the order needs no page any more or can have none.</param>
    public Task ExecuteAsync(ClaimedSession session, Guid owner, SnapAnswer? answer, CancellationToken cancellationToken) => answer is null ? EndUnaskedAsync(session, owner, cancellationToken) : answer.Result switch
    {
        SnapResult.Rejected => CloseAsync(session, owner, PaymentSessionState.Refused, OrderStatus.Failed, answer.Code ?? "rejected", cancellationToken),
        SnapResult.Taken => ReconcileAsync(session, owner, cancellationToken),
        SnapResult.Unavailable or SnapResult.Misconfigured => PostponeAsync(session, owner, answer, cancellationToken),
        SnapResult.Created => throw new ArgumentException("A page that was made is opened, not settled.", nameof(answer)),
    };

    private Task EndUnaskedAsync(ClaimedSession session, Guid owner, CancellationToken cancellationToken) => session.Status == OrderStatus.Queued
        ? CloseAsync(session, owner, PaymentSessionState.Ended, OrderStatus.Expired, "too_late", cancellationToken)

        // It ended meanwhile, or was paid by another way: nobody needs a page.
        : EndAsync(session, owner, "not_queued", asksForPayments: false, cancellationToken);

    /// <summary>Midtrans knows the id already: an earlier create of ours, whose answer never came, or somebody else's order.</summary>
    private async Task ReconcileAsync(ClaimedSession session, Guid owner, CancellationToken cancellationToken)
    {
        var status = await midtrans.GetStatusAsync(session.MidtransOrderId, cancellationToken);
        switch (status.Result)
        {
            case StatusResult.NotFound when session.Sequence < MaxSessions:
                // Nobody has the page that was made under it, so nobody can pay there; another one takes its place.
                logger.LogInformation("Midtrans knows order {OrderId} and no payment for it; it gets a page under a further id.", session.OrderId);
                await queue.ReplaceAsync(session, owner, cancellationToken);
                break;
            case StatusResult.Found when IsOurs(status.Payment!, session):
                logger.LogInformation("Midtrans knows a payment for the queued order {OrderId}.", session.OrderId);
                await EndAsync(session, owner, "order_id_taken", asksForPayments: true, cancellationToken);
                break;
            case StatusResult.Found or StatusResult.NotFound:
                await CloseAsync(session, owner, PaymentSessionState.Refused, OrderStatus.Failed, "order_id_taken", cancellationToken);
                break;
            case StatusResult.Unavailable or StatusResult.Misconfigured:
                await PostponeAsync(session, owner, new SnapAnswer(SnapResult.Unavailable, status.Verdict, Code: status.Code, RetryAfter: status.RetryAfter), cancellationToken);
                break;
        }
    }

    private static bool IsOurs(MidtransNotification payment, ClaimedSession session) =>
        Rupiah.TryParseMidtrans(payment.GrossAmount, out var amount) && amount.Amount == session.Order.GrossAmount
        && (payment.TransactionAt is not { } at || at >= session.PlacedAt - ClockSkew);

    private async Task PostponeAsync(ClaimedSession session, Guid owner, SnapAnswer answer, CancellationToken cancellationToken)
    {
#pragma warning disable CA5394 // Spreads retries; nothing secret.
        var wait = options.Value.Backoff.After(session.Attempts, Random.Shared.NextDouble());
#pragma warning restore CA5394
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await OrderRows.PostponeSessionAsync(connection, session.MidtransOrderId, owner, options.Value.WaitOf(wait, answer.RetryAfter), answer.Code ?? "unavailable", answer.Verdict != ServiceVerdict.NotCalled, cancellationToken);
        if (answer.Result == SnapResult.Misconfigured)
        {
            await MidtransAlerts.RaiseMisconfiguredAsync(connection, answer.Code, cancellationToken);
            wakes.Alerts.Wake();
        }
    }

    private async Task EndAsync(ClaimedSession session, Guid owner, string code, bool asksForPayments, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await SessionQueue.EndAsync(connection, session, owner, PaymentSessionState.Ended, code, asksForPayments, cancellationToken);
    }

    /// <summary>Ends the order: it will never have a page. People and the customer are told.</summary>
    private async Task CloseAsync(ClaimedSession session, Guid owner, PaymentSessionState state, OrderStatus orderStatus, string code, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await SessionQueue.EndAsync(connection, session, owner, state, code, asksForPayments: false, cancellationToken))
        {
            return;
        }

        await SessionQueue.EndOrderAsync(connection, session.OrderId, orderStatus, options.Value.MessageMaxAttempts, cancellationToken);
        var status = WireName<OrderStatus>.Of(orderStatus);
        var data = new Dictionary<string, string>(StringComparer.Ordinal) { ["orderId"] = session.OrderId, ["code"] = code };
        await AlertRows.RaiseAsync(connection, $"queued_order_{status}", AlertSeverity.Warning, session.OrderId, data, $"queued_order:{session.OrderId}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        logger.LogWarning("The queued order {OrderId} gets no payment page ({Code}); it is {Status} now.", session.OrderId, code, status);
        wakes.Outbox.Wake();
        wakes.Alerts.Wake();
    }
}
