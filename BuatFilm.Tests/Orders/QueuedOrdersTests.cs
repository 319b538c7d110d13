using System.Text.Json.Nodes;
using BuatFilm.Admin.Features.Orders;
using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Orders;

/// <summary>Orders that wait for Midtrans. Their own waits are an hour: what goes on sooner goes on because Midtrans is back.</summary>
public sealed class QueuedOrdersTests : IAsyncLifetime
{
    private FakeMidtrans _midtrans = null!;
    private AppHost _app = null!;

    public async ValueTask InitializeAsync()
    {
        _midtrans = await FakeMidtrans.StartAsync();
        _app = await AppHost.StartAsync(
            ("Midtrans:SnapBaseUrl", _midtrans.Address),
            ("Midtrans:ApiBaseUrl", _midtrans.Address),
            ("Breakers:Midtrans:AttemptTimeout", "00:00:03"),
            ("Breakers:Midtrans:BreakDuration", "00:00:01"),
            ("Breakers:Midtrans:MaxBreakDuration", "00:00:02"),
            ("Orders:RetryAfter", "01:00:00"),
            ("Orders:MaxRetryAfter", "01:00:00"));

        // What was left by an earlier process is made due at the first look; from here on only a return does that.
        await Retry.ExecuteAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _midtrans.DisposeAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RetryQueuedOrders Retry => _app.Services.GetRequiredService<RetryQueuedOrders>();

    private ServicePipeline Pipeline => _app.Services.GetRequiredService<ServicePipelines>()[ExternalService.Midtrans];

    [Fact]
    public async Task Orders_QueuedDuringAnOutage_GetTheirPagesAtItsEnd_OldestFirst_AndOneLinkEach()
    {
        _midtrans.OnCreate = _ => new Reply(503, "{}");
        for (var i = 1; i <= 8; i++)
        {
            Assert.Equal(202, (await _app.OrderAsync(Requests.Full($"WAIT-{i}A"))).Status);
        }

        Assert.NotEqual(BreakerState.Closed, Pipeline.State);
        Assert.InRange(_midtrans.Creates, 1, 6); // Then the breaker was open, at the latest by outages of orders alone, and nothing was called or counted.
        Assert.Equal(_midtrans.Creates, await _app.ReadAsync<long>("select sum(attempts) from payment_sessions where order_id like 'WAIT-%'"));
        Assert.Equal(0, await Retry.ExecuteAsync(Token));

        _midtrans.OnCreate = _ => Reply.Created;
        await AppHost.EventuallyAsync(async () => (await _app.OrderAsync(Requests.Full())).Status == 201, "an order is the trial, and Midtrans is back");
        await AppHost.EventuallyAsync(async () => await _app.ReadAsync<long>("select count(*) from orders where order_id like 'WAIT-%' and status = 'awaiting_payment'") == 8, "every queued order has its page", seconds: 30);

        var opened = await _app.ReadAsync<string>("select string_agg(order_id, ',' order by opened_at) from payment_sessions where order_id like 'WAIT-%'");
        Assert.StartsWith("WAIT-1A,", opened, StringComparison.Ordinal); // One at first, then two, then four.
        Assert.Equal(8, await _app.ReadAsync<long>("select count(distinct order_id) from notification_outbox where kind = 'payment_link' and order_id like 'WAIT-%'"));
        Assert.Equal(0, await _app.ReadAsync<long>("select count(*) from (select 1 from notification_outbox where kind = 'payment_link' group by order_id, channel having count(*) > 1) doubles"));
        Assert.All(Enumerable.Range(1, 8), i => Assert.NotNull(_midtrans.LiveToken($"WAIT-{i}A")));
    }

    [Fact]
    public async Task TimedOutCreate_ThatTookEffectAndBlocksItsId_GetsItsPageUnderAFurtherOne()
    {
        _midtrans.OnCreate = call => call.WasMade ? new Reply(406, """{"status_code":"406","status_message":"order_id has been utilized"}""")
            : call.MidtransOrderId == "TIMED-1A" ? new Reply(201, TakesEffect: true, Delay: TimeSpan.FromSeconds(8)) : Reply.Created;

        Assert.Equal(202, (await _app.OrderAsync(Requests.Full("TIMED-1A"))).Status);
        await DueAsync();

        await AppHost.EventuallyAsync(async () => await _app.StatusOfAsync("TIMED-1A") == "awaiting_payment", "the order has a page");
        Assert.Equal("TIMED-1A ended,TIMED-1A~2 open", await SessionsAsync("TIMED-1A"));
        Assert.Equal(_midtrans.LiveToken("TIMED-1A~2"), (string?)(await _app.FindAsync("TIMED-1A")).Json["snapToken"]);
        Assert.Equal(1, await _app.ReadAsync<long>("select count(*) from notification_outbox where order_id = 'TIMED-1A' and channel = 'email'"));

        // A payment on the further page is the order's.
        var paid = AppHost.Sign(FakeMidtrans.Payment("TIMED-1A~2", "timed-tx", "settlement", 600_000, TimeProvider.System.GetUtcNow()));
        Assert.Equal((200, "applied"), await _app.NotifyAsync(System.Text.Encoding.UTF8.GetBytes(paid.ToJsonString())));
        Assert.Equal("paid", await _app.StatusOfAsync("TIMED-1A"));
    }

    [Fact]
    public async Task TimedOutCreate_WhoseOrderIsPaidAlready_IsPaidAndMakesNoSecondPage()
    {
        _midtrans.OnCreate = call => call.Number == 1 ? new Reply(500, "{}", TakesEffect: true) : new Reply(400, """{"error_messages":["transaction_details.order_id has been paid and utilized, please use another order ID"]}""");
        Assert.Equal(202, (await _app.OrderAsync(Requests.Full("PAID-1A"))).Status);
        _midtrans.Tell("PAID-1A", FakeMidtrans.Payment("PAID-1A", "paid-tx", "settlement", 600_000, TimeProvider.System.GetUtcNow()));
        await DueAsync();

        await AppHost.EventuallyAsync(async () => await SessionsAsync("PAID-1A") == "PAID-1A ended", "its session ends");
        await _app.Services.GetRequiredService<ReconcilePayments>().ExecuteAsync(Token);
        await AppHost.EventuallyAsync(async () => await _app.StatusOfAsync("PAID-1A") == "paid", "the payment is found");

        Assert.Equal("PAID-1A ended", await SessionsAsync("PAID-1A"));
        Assert.Equal(600_000, await _app.ReadAsync<long>("select paid_amount from orders where order_id = 'PAID-1A'"));
        Assert.Equal(0, await _app.ReadAsync<long>("select count(*) from notification_outbox where order_id = 'PAID-1A' and kind = 'payment_link'"));
    }

    [Fact]
    public async Task QueuedOrder_WhoseIdIsAnothersPayment_FailsWithAnAlertAndIsNotTriedAgain()
    {
        _midtrans.OnCreate = call => call.Number == 1 ? new Reply(500, "{}") : new Reply(406, """{"status_code":"406"}""");
        Assert.Equal(202, (await _app.OrderAsync(Requests.Full("THEIRS-1A"))).Status);
        _midtrans.Tell("THEIRS-1A", FakeMidtrans.Payment("THEIRS-1A", "theirs-tx", "settlement", 75_000, TimeProvider.System.GetUtcNow().AddDays(-30)));
        await DueAsync();

        await AppHost.EventuallyAsync(async () => await _app.StatusOfAsync("THEIRS-1A") == "failed", "the order fails");
        Assert.Equal(1, await _app.ReadAsync<long>("select count(*) from alerts where kind = 'queued_order_failed' and target = 'THEIRS-1A'"));
        var mail = await MailAsync("THEIRS-1A", "order_closed");
        Assert.Contains("THEIRS-1A", mail, StringComparison.Ordinal);
        await DueAsync();
        await Retry.ExecuteAsync(Token);
        Assert.Equal(2, _midtrans.CallsOf("THEIRS-1A"));
    }

    [Fact]
    public async Task QueuedOrder_ThatEndedMeanwhile_GetsNoPage()
    {
        _midtrans.OnCreate = _ => new Reply(500, "{}");
        Assert.Equal(202, (await _app.OrderAsync(Requests.Full("GONE-1A"))).Status);
        await TestPostgres.ExecuteAsync(_app.ConnectionString, "update orders set status = 'cancelled' where order_id = 'GONE-1A'");
        _midtrans.OnCreate = _ => Reply.Created;
        await DueAsync();

        await AppHost.EventuallyAsync(async () => await SessionsAsync("GONE-1A") == "GONE-1A ended", "its session ends");
        Assert.Equal("cancelled", await _app.StatusOfAsync("GONE-1A"));
        Assert.Equal(1, _midtrans.CallsOf("GONE-1A"));
        Assert.Equal(0, await _app.ReadAsync<long>("select count(*) from notification_outbox where order_id = 'GONE-1A'"));
    }

    [Fact]
    public async Task QueuedOrder_ThatComesTooLate_ExpiresAndItsCustomerIsTold()
    {
        _midtrans.OnCreate = _ => new Reply(500, "{}");
        Assert.Equal(202, (await _app.OrderAsync(Requests.Full("LATE-1A"))).Status);
        await MigratedDatabase.MoveClockAsync(_app.ConnectionString, TimeSpan.FromMinutes(56));
        await DueAsync();

        await AppHost.EventuallyAsync(async () => await _app.StatusOfAsync("LATE-1A") == "expired", "the order expires");
        Assert.Equal(1, await _app.ReadAsync<long>("select count(*) from alerts where kind = 'queued_order_expired' and target = 'LATE-1A'"));
        Assert.Contains("could not be completed", await MailAsync("LATE-1A", "order_closed"), StringComparison.Ordinal);
        Assert.Equal(1, _midtrans.CallsOf("LATE-1A"));
    }

    /// <summary>Makes the waits of an hour due now, and goes round.</summary>
    private async Task DueAsync()
    {
        await TestPostgres.ExecuteAsync(_app.ConnectionString, "update payment_sessions set next_attempt_at = app_now() where state = 'queued' and lease_owner is null");
        await Retry.ExecuteAsync(Token);
    }

    private Task<string> SessionsAsync(string orderId) => _app.ReadAsync<string>("select string_agg(midtrans_order_id || ' ' || state, ',' order by sequence) from payment_sessions where order_id = $1", orderId);

    /// <summary>The subject of the customer's only mail of this kind, delivered.</summary>
    private async Task<string> MailAsync(string orderId, string kind)
    {
        await AppHost.EventuallyAsync(async () => await _app.ReadAsync<long>("select count(*) from outbox_overview where order_id = $1 and kind = $2 and channel = 'email' and status = 'SENT'", orderId, kind) == 1, $"the {kind} of {orderId} is sent");
        var answer = await _app.Anonymous.AskAsync($"/sandbox/api/messages?channel=email&orderId={orderId}");
        return (string)JsonNode.Parse(answer.Body)!.AsArray().Single()!["subject"]!;
    }
}
