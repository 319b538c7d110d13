using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Faults;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Webhooks;

/// <summary>F35 and its neighbours: no notification arrives, and every payment is found all the same.</summary>
public sealed class ReconcilePaymentsTests : IAsyncLifetime
{
    private FakeMidtrans _midtrans = null!;
    private AppHost _app = null!;

    public async ValueTask InitializeAsync()
    {
        _midtrans = await FakeMidtrans.StartAsync();
        _app = await AppHost.StartAsync(
            ("Midtrans:SnapBaseUrl", _midtrans.Address),
            ("Midtrans:ApiBaseUrl", _midtrans.Address),
            ("Breakers:Midtrans:AttemptTimeout", "00:00:01"),
            ("Breakers:Midtrans:BreakDuration", "00:00:30"));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _midtrans.DisposeAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ServicePipeline Pipeline => _app.Services.GetRequiredService<ServicePipelines>()[ExternalService.Midtrans];

    private ReconcilePayments Reconcile => _app.Services.GetRequiredService<ReconcilePayments>();

    [Fact]
    public async Task NotificationsAllDropped_EveryPaidOrderIsFound_WithinTheIntervalAndAMinute()
    {
        var orders = FaultCounts.Of(quick: 30, full: 600);
        var hours = 6;
        var paidAt = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < orders; i++)
        {
            Assert.Equal(201, (await _app.OrderAsync(Requests.Full($"LOST-{i}A").With("expiresInMinutes", "1440"))).Status);
            paidAt[$"LOST-{i}A"] = i % 5 == 0 ? int.MaxValue : 1 + (i * 337 / orders); // Every fifth customer goes away; the others pay within the six hours.
        }

        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var minute = 0; minute <= (hours * 60) + 40; minute++)
        {
            foreach (var (orderId, _) in paidAt.Where(paid => paid.Value == minute))
            {
                _midtrans.Tell(orderId, FakeMidtrans.Payment(orderId, $"tx-{orderId}", "settlement", 600_000, TimeProvider.System.GetUtcNow()));
            }

            await MigratedDatabase.MoveClockAsync(_app.ConnectionString, TimeSpan.FromMinutes(minute));
            await Reconcile.ExecuteAsync(Token);
            foreach (var orderId in (await _app.ReadAsync<string>("select coalesce(string_agg(order_id, ','), '') from orders where status = 'paid'")).Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                found.TryAdd(orderId, minute);
            }
        }

        var paying = paidAt.Where(paid => paid.Value != int.MaxValue).ToDictionary(StringComparer.Ordinal);
        var slowest = paying.Max(paid => found.TryGetValue(paid.Key, out var minute) ? minute - paid.Value : int.MaxValue);
        var perOrderHour = (double)_midtrans.QuestionsAbout("LOST-") / orders / (hours + 0.67);
        FaultReport.Write("F35", new { Orders = orders, Paid = paying.Count, Found = found.Count, SlowestMinutes = slowest, QuestionsPerOrderAndHour = Math.Round(perOrderHour, 1) });
        Assert.Equal(paying.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(slowest, 0, 32);
        Assert.InRange(perOrderHour, 0.5, 6);
        Assert.Equal((long)paying.Count, await _app.ReadAsync<long>("select count(*) from notification_outbox where kind = 'payment_received' and channel = 'email'"));
        Assert.Equal((long)paying.Count, await _app.ReadAsync<long>("select count(*) from payment_events where source = 'poll' and outcome = 'applied' and verified_at is not null"));
        Assert.Equal(1, await _app.ReadAsync<long>("select count(*) from alerts where kind = 'notifications_missing' and resolved_at is null"));
    }

    [Fact]
    public async Task Page_ThatClosesUnpaid_EndsItsOrder_AndANotificationOfItsPaymentStillCounts()
    {
        Assert.Equal(201, (await _app.OrderAsync(Requests.Full("CLOSE-1A"))).Status);
        await AtAsync(minutes: 60);
        Assert.Equal("awaiting_payment", await _app.StatusOfAsync("CLOSE-1A")); // The last notification may be on its way.
        await AtAsync(minutes: 62);

        Assert.Equal("expired", await _app.StatusOfAsync("CLOSE-1A"));
        Assert.Equal("ended", await _app.ReadAsync<string>("select state from payment_sessions where order_id = 'CLOSE-1A'"));
        Assert.Equal(0, await _app.ReadAsync<long>("select count(*) from payment_sessions where next_attempt_at is not null"));

        _midtrans.Tell("close-tx", FakeMidtrans.Payment("CLOSE-1A", "close-tx", "settlement", 600_000, TimeProvider.System.GetUtcNow()));
        var late = AppHost.Sign(FakeMidtrans.Payment("CLOSE-1A", "close-tx", "settlement", 600_000, TimeProvider.System.GetUtcNow()));
        Assert.Equal((200, "applied"), await _app.NotifyAsync(late.ToBytes()));
        Assert.Equal("paid", await _app.StatusOfAsync("CLOSE-1A"));
        Assert.Equal(1, await _app.ReadAsync<long>("select count(*) from alerts where kind = 'paid_after_close' and target = 'CLOSE-1A'"));
    }

    [Fact]
    public async Task Payment_ThatIsOpenWhenThePageCloses_IsWaitedFor_ByItsOwnId()
    {
        Assert.Equal(201, (await _app.OrderAsync(Requests.Full("OPEN-2A"))).Status);
        _midtrans.Tell("va-1", FakeMidtrans.Payment("OPEN-2A", "va-1", "pending", 600_000, TimeProvider.System.GetUtcNow()));
        Assert.Equal((200, "applied"), await _app.NotifyAsync(AppHost.Sign(FakeMidtrans.Payment("OPEN-2A", "va-1", "pending", 600_000, TimeProvider.System.GetUtcNow())).ToBytes()));
        await AtAsync(minutes: 63);
        Assert.Equal("pending", await _app.StatusOfAsync("OPEN-2A"));

        _midtrans.Tell("va-1", FakeMidtrans.Payment("OPEN-2A", "va-1", "expire", 600_000, TimeProvider.System.GetUtcNow()));
        await AtAsync(minutes: 95);

        Assert.Equal("expired", await _app.StatusOfAsync("OPEN-2A"));
        await AtAsync(minutes: 130);
        Assert.Equal("ended", await _app.ReadAsync<string>("select state from payment_sessions where order_id = 'OPEN-2A'"));
    }

    [Fact]
    public async Task Order_WithADeniedAttempt_IsDeniedOnceItsPageHasClosed()
    {
        Assert.Equal(201, (await _app.OrderAsync(Requests.Full("DENY-1A"))).Status);
        var denied = FakeMidtrans.Payment("DENY-1A", "deny-tx", "deny", 600_000, TimeProvider.System.GetUtcNow());
        denied["status_code"] = "202";
        Assert.Equal((200, "applied"), await _app.NotifyAsync(AppHost.Sign(denied).ToBytes()));
        Assert.Equal("awaiting_payment", await _app.StatusOfAsync("DENY-1A"));

        await AtAsync(minutes: 62);

        Assert.Equal("denied", await _app.StatusOfAsync("DENY-1A"));
    }

    [Fact]
    public async Task AnswerOfAnothersOrderOrAmount_PaysNothing()
    {
        Assert.Equal(201, (await _app.OrderAsync(Requests.Full("MINE-1A"))).Status);
        Assert.Equal(201, (await _app.OrderAsync(Requests.Full("MINE-2A"))).Status);
        _midtrans.Tell("MINE-1A", FakeMidtrans.Payment("OTHER-1A", "other-tx", "settlement", 600_000, TimeProvider.System.GetUtcNow()));
        _midtrans.Tell("MINE-2A", FakeMidtrans.Payment("MINE-2A", "less-tx", "settlement", 1_000, TimeProvider.System.GetUtcNow()));

        await AtAsync(minutes: 6);

        Assert.Equal("awaiting_payment", await _app.StatusOfAsync("MINE-1A"));
        Assert.Equal("on_hold", await _app.StatusOfAsync("MINE-2A"));
        Assert.Equal(0, await _app.ReadAsync<long>("select sum(paid_amount)::bigint from orders"));
    }

    [Fact]
    public async Task Breaker_WhileItIsOpen_NothingIsAsked_AndTheQuestionsComeBack()
    {
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(201, (await _app.OrderAsync(Requests.Full($"AWAY-{i}B"))).Status);
        }

        _midtrans.OnStatus = _ => new Reply(500, "{}");
        await AtAsync(minutes: 6);
        Assert.InRange(_midtrans.QuestionsAbout("AWAY-"), 1, 8);
        var asked = _midtrans.QuestionsAbout("AWAY-");
        await AtAsync(minutes: 60);

        Assert.Equal(asked, _midtrans.QuestionsAbout("AWAY-"));
        Assert.Equal(8, await _app.ReadAsync<long>("select count(*) from payment_sessions where next_attempt_at is not null and lease_owner is null"));
    }

    private async Task AtAsync(int minutes)
    {
        await MigratedDatabase.MoveClockAsync(_app.ConnectionString, TimeSpan.FromMinutes(minutes));
        await AppHost.EventuallyAsync(
            async () =>
            {
                // Hangfire may be at it; then this call only asks for another round.
                await Reconcile.ExecuteAsync(Token);
                return Pipeline.State != BreakerState.Closed || await _app.ReadAsync<long>("select count(*) from payment_sessions where state <> 'queued' and (next_attempt_at <= app_now() or lease_owner is not null)") == 0;
            },
            "everything due is looked at");
    }
}
