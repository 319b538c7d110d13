using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
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
    SettleUnopenedSession settle,
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
        if (session.Status != OrderStatus.Queued || session.IsTooLate)
        {
            await settle.ExecuteAsync(session, owner, answer: null, cancellationToken);
            return;
        }

        var answer = await midtrans.CreateSnapAsync(session.Order, cancellationToken);
        if (answer.Result == SnapResult.Created)
        {
            await OpenAsync(session, owner, answer, cancellationToken);
        }
        else
        {
            await settle.ExecuteAsync(session, owner, answer, cancellationToken);
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
}
