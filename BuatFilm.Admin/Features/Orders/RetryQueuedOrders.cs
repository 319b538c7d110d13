using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Makes the payment pages that could not be made before, and has the customers told.</summary>
internal sealed class RetryQueuedOrders(Databases databases, MidtransClient midtrans, ServicePipelines pipelines, LeaseHolder identity, IOptions<OrdersOptions> options, IOptionsMonitor<WhatsAppOptions> whatsApp, Wakes wakes, ILogger<RetryQueuedOrders> logger)
{
    private const string PaymentLink = "payment_link";

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

    private const string Close = """
        with closed as (
            update payment_sessions set state = $3, next_attempt_at = null, last_error = $4, lease_owner = null, lease_until = null
            where midtrans_order_id = $1 and lease_owner = $2 and state = 'queued'
            returning order_id),
        moved as (
            update orders o set status = $5, updated_at = (select app_now()), version = o.version + 1
            from closed where o.order_id = closed.order_id and o.status = 'queued')
        insert into alerts (kind, severity, target, data, dedupe_key)
        select 'queued_order_' || $5, 'warning', closed.order_id, jsonb_build_object('orderId', closed.order_id, 'code', $4::text), 'queued_order:' || closed.order_id from closed
        on conflict (dedupe_key) where resolved_at is null do nothing
        """;

    /// <returns>How many were tried.</returns>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        while (!cancellationToken.IsCancellationRequested && identity.Current is { } owner)
        {
            var admitted = pipelines[ExternalService.Midtrans].Admits(options.Value.ConcurrentCreates);
            if (admitted == 0)
            {
                break;
            }

            var claimed = await OrderRows.ClaimDueAsync(databases.Workers, admitted, owner, options.Value.Lease, cancellationToken);
            if (claimed.Count == 0)
            {
                break;
            }

            await Task.WhenAll(claimed.Select(session => RetryAsync(session, owner, cancellationToken)));
            total += claimed.Count;
        }

        return total;
    }

    private async Task RetryAsync(ClaimedSession session, Guid owner, CancellationToken cancellationToken)
    {
        if (session.IsTooLate)
        {
            await CloseAsync(session, owner, "ended", "expired", "too_late", cancellationToken);
            return;
        }

        var answer = await midtrans.CreateSnapAsync(session.Order, cancellationToken);
        switch (answer.Result)
        {
            case SnapResult.Created:
                await OpenAsync(session, owner, answer, cancellationToken);
                break;
            case SnapResult.Rejected or SnapResult.Taken:
                logger.LogWarning("Midtrans refused the queued order {OrderId} ({Code}).", session.OrderId, answer.Code);
                await CloseAsync(session, owner, "refused", "failed", answer.Code ?? "rejected", cancellationToken);
                break;
            case SnapResult.Unavailable or SnapResult.Misconfigured:
                await PostponeAsync(session, owner, answer, cancellationToken);
                break;
        }
    }

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
        await OrderRows.PostponeSessionAsync(connection, session.MidtransOrderId, owner, answer.RetryAfter is { } told && told > wait ? told : wait, answer.Code ?? "unavailable", cancellationToken);
        if (answer.Result == SnapResult.Misconfigured)
        {
            await MidtransAlerts.RaiseMisconfiguredAsync(connection, answer.Code, cancellationToken);
        }
    }

    private async Task CloseAsync(ClaimedSession session, Guid owner, string sessionState, string orderStatus, string code, CancellationToken cancellationToken)
    {
        await using var command = databases.Workers.CreateCommand(Close);
        foreach (var value in new object[] { session.MidtransOrderId, owner, sessionState, code, orderStatus })
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
