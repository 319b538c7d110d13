using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Retries;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Makes the payment pages that could not be made before, and has the customers told.</summary>
/// <remarks>
/// At most one run per node. While Midtrans' breaker is open nothing is claimed, so nothing is used up; once it has
/// closed every order that waits is due, the one placed first at the head, and the creates begin at 1, 2, 4, … at a time.
/// </remarks>
internal sealed class RetryQueuedOrders(
    Databases databases,
    SessionQueue queue,
    MidtransClient midtrans,
    ServicePipelines pipelines,
    LeaseHolder identity,
    IOptions<OrdersOptions> options,
    IOptionsMonitor<WhatsAppOptions> whatsApp,
    Wakes wakes,
    TimeProvider time,
    ILogger<RetryQueuedOrders> logger) : IDisposable
{
    private const string PaymentLink = "payment_link";

    /// <summary>Further ids for one order; Midtrans refusing that many is no accident.</summary>
    private const int MaxSessions = 5;

    /// <summary>How far Midtrans' clock may be behind ours.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(10);

    private const string AddPaymentLink = """
        with message as (
            insert into notification_outbox (order_id, kind, channel, recipient, locale, data, dedupe_key, max_attempts, created_at)
            select o.order_id, 'payment_link', c.channel, case c.channel when 'email' then o.customer_email else o.customer_phone end, o.locale,
                   jsonb_build_object('orderId', o.order_id, 'customerName', o.customer_name, 'grossAmount', o.gross_amount::text,
                                      'redirectUrl', $2::text, 'expiresAt', to_char(o.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
                   'payment_link:' || o.order_id || ':' || c.channel, $3, t.now
            from orders o, unnest($4::text[]) as c(channel), (select app_now() as now) t
            where o.order_id = $1
            on conflict (dedupe_key) do nothing
            returning id, channel, max_attempts, created_at)
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
        select id, channel, created_at, 0, max_attempts from message
        """;

    private readonly SingleRun _one = new();
    private readonly ReturnWatch _return = new(pipelines[ExternalService.Midtrans], time);
    private long _lastRun = time.GetTimestamp();

    /// <summary>Since a run last began in this process.</summary>
    public TimeSpan SinceLastRun => time.GetElapsedTime(Interlocked.Read(ref _lastRun));

    /// <returns>How many were tried.</returns>
    public Task<int> ExecuteAsync(CancellationToken cancellationToken) => _one.RunAsync(RetryDueAsync, cancellationToken);

    public void Dispose() => _one.Dispose();

    private async Task<int> RetryDueAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _lastRun, time.GetTimestamp());
        var total = 0;
        while (!cancellationToken.IsCancellationRequested && identity.Current is { } owner)
        {
            await ResumeAsync(cancellationToken);
            var admitted = pipelines[ExternalService.Midtrans].Admits(Ramp.Of(options.Value.ConcurrentCreates, _return.SinceReturn));
            if (admitted == 0)
            {
                break;
            }

            var claimed = await queue.ClaimAsync(admitted, owner, options.Value.Lease, cancellationToken);
            if (claimed.Count == 0)
            {
                break;
            }

            await Task.WhenAll(claimed.Select(session => RetryAsync(session, owner, cancellationToken)));
            total += claimed.Count;
        }

        return total;
    }

    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (_return.Look())
        {
            var resumed = await queue.ResumeAsync(cancellationToken);
            _return.Settle();
            if (resumed > 0)
            {
                logger.LogInformation("{Count} queued orders had waited for Midtrans; they are due now.", resumed);
            }
        }
    }

    private async Task RetryAsync(ClaimedSession session, Guid owner, CancellationToken cancellationToken)
    {
        try
        {
            await CreateAsync(session, owner, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await queue.ReturnAsync(session, owner, CancellationToken.None);
        }
#pragma warning disable CA1031 // One order that fails must not keep the others waiting; its lease brings it back.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogError(exception, "The queued order {OrderId} could not be tried; it is tried again when its lease ends.", session.OrderId);
        }
    }

    private async Task CreateAsync(ClaimedSession session, Guid owner, CancellationToken cancellationToken)
    {
        if (session.Status != OrderStatus.Queued)
        {
            // It ended meanwhile, or was paid by another way: nobody needs a page.
            await EndAsync(session, owner, PaymentSessionState.Ended, "not_queued", asksForPayments: false, cancellationToken);
            return;
        }

        if (session.IsTooLate)
        {
            await CloseAsync(session, owner, PaymentSessionState.Ended, OrderStatus.Expired, "too_late", cancellationToken);
            return;
        }

        var answer = await midtrans.CreateSnapAsync(session.Order, cancellationToken);
        switch (answer.Result)
        {
            case SnapResult.Created:
                await OpenAsync(session, owner, answer, cancellationToken);
                break;
            case SnapResult.Rejected:
                await CloseAsync(session, owner, PaymentSessionState.Refused, OrderStatus.Failed, answer.Code ?? "rejected", cancellationToken);
                break;
            case SnapResult.Taken:
                await ReconcileAsync(session, owner, cancellationToken);
                break;
            case SnapResult.Unavailable or SnapResult.Misconfigured:
                await PostponeAsync(session, owner, answer, cancellationToken);
                break;
        }
    }

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
                await EndAsync(session, owner, PaymentSessionState.Ended, "order_id_taken", asksForPayments: true, cancellationToken);
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

    private async Task OpenAsync(ClaimedSession session, Guid owner, SnapAnswer answer, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await OrderRows.OpenSessionAsync(connection, session.MidtransOrderId, owner, answer.Token!, answer.RedirectUrl!, cancellationToken))
        {
            return;
        }

        await using (var message = new NpgsqlCommand(AddPaymentLink, connection)
        {
            Parameters =
            {
                new() { Value = session.OrderId },
                new() { Value = answer.RedirectUrl! },
                new() { Value = options.Value.MessageMaxAttempts },
                new() { Value = whatsApp.CurrentValue.ChannelsFor(PaymentLink) },
            },
        })
        {
            await message.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        wakes.Outbox.Wake();
    }

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

    private async Task EndAsync(ClaimedSession session, Guid owner, PaymentSessionState state, string code, bool asksForPayments, CancellationToken cancellationToken)
    {
        await using var connection = await databases.Workers.OpenConnectionAsync(cancellationToken);
        await SessionQueue.EndAsync(connection, session, owner, state, code, asksForPayments, cancellationToken);
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
