using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Orders;

/// <summary>Orders and Midtrans' breaker. Queued orders wait for an hour here, so that while it is open only the storefront calls.</summary>
public sealed class MidtransBreakerTests : IAsyncLifetime
{
    private AppHost _app = null!;

    private BreakerState State => _app.Services.GetRequiredService<ServicePipelines>()[ExternalService.Midtrans].State;

    public async ValueTask InitializeAsync() => _app = await AppHost.StartAsync(
        ("Breakers:Midtrans:AttemptTimeout", "00:00:02"),
        ("Breakers:Midtrans:BreakDuration", "00:00:02"),
        ("Breakers:Midtrans:MaxBreakDuration", "00:00:04"),
        ("Orders:RetryAfter", "01:00:00"),
        ("Orders:MaxRetryAfter", "01:00:00"),
        ("Webhooks:RetryCheckAfter", "01:00:00"));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Orders_AfterFiveOutages_AreQueuedWithoutACallUntilOneTrialSucceeds()
    {
        await _app.FaultAsync("midtrans", "error");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(202, (await _app.OrderAsync(Requests.Full())).Status);
        }

        Assert.Equal(BreakerState.Open, State);
        var refused = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _app.OrderAsync(Requests.Full())));
        Assert.All(refused, answer => Assert.Equal(202, answer.Status));

        // Nothing waits, so a probe is the trial, and it is slow; whoever comes meanwhile is queued, not made to wait with it.
        await _app.FaultAsync("midtrans", "slow", delayMs: 1500);
        await AppHost.EventuallyAsync(() => Task.FromResult(State == BreakerState.HalfOpen), "the trial begins");
        var meanwhile = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _app.OrderAsync(Requests.Full())));
        Assert.All(meanwhile, answer => Assert.Equal(202, answer.Status));
        Assert.Equal(0, (long)(await _app.MidtransStatisticsAsync())["snapCreateCalls"]!);
        await AppHost.EventuallyAsync(() => Task.FromResult(State == BreakerState.Closed), "the trial succeeds");

        // Midtrans is back, so nobody waits for the hour any more.
        await _app.FaultAsync("midtrans", "ok");
        Assert.Equal(201, (await _app.OrderAsync(Requests.Full())).Status);
        await AppHost.EventuallyAsync(async () => await _app.ReadAsync<long>("select count(*) from orders where status = 'awaiting_payment'") == 5 + 10 + 10 + 1, "every order has its page", seconds: 30);
    }

    [Fact]
    public async Task Orders_ThatMidtransRefuses_LeaveTheBreakerClosed()
    {
        await _app.FaultAsync("midtrans", "refuse");

        for (var i = 0; i < 50; i++)
        {
            (await _app.OrderAsync(Requests.Full())).MustBeProblem(400, "payment_rejected");
        }

        Assert.Equal(BreakerState.Closed, State);
        await _app.FaultAsync("midtrans", "ok");
        Assert.Equal(201, (await _app.OrderAsync(Requests.Full())).Status);
    }

    [Fact]
    public async Task Notifications_WhileTheBreakerIsOpen_AreTakenAllTheSame()
    {
        Assert.Equal(201, (await _app.OrderAsync(AppHost.Order("OPEN-1A"))).Status);
        await _app.FaultAsync("midtrans", "down");
        for (var i = 0; i < 6; i++)
        {
            await _app.OrderAsync(Requests.Full());
        }

        Assert.Equal(BreakerState.Open, State);
        var answer = await _app.Anonymous.AskAsync(new HttpRequestMessage(HttpMethod.Post, "/sandbox/api/pay")
        {
            Content = new StringContent("""{"orderId":"OPEN-1A","method":"gopay","outcome":"settlement"}""", System.Text.Encoding.UTF8, "application/json"),
        });

        Assert.Equal(202, answer.Status);
        await AppHost.EventuallyAsync(async () => await _app.StatusOfAsync("OPEN-1A") == "paid", "the order is paid");
    }

    [Fact]
    public async Task Confirmations_ThatMidtransCouldNotGive_AreAskedForAgainWhenItIsBack()
    {
        Assert.Equal(201, (await _app.OrderAsync(AppHost.Order("CONFIRM-1"))).Status);
        await _app.FaultAsync("midtrans", "error");
        var answer = await _app.Anonymous.AskAsync(new HttpRequestMessage(HttpMethod.Post, "/sandbox/api/pay")
        {
            Content = new StringContent("""{"orderId":"CONFIRM-1","method":"gopay","outcome":"settlement"}""", System.Text.Encoding.UTF8, "application/json"),
        });
        Assert.Equal(202, answer.Status);
        await AppHost.EventuallyAsync(async () => await _app.ReadAsync<long>("select count(*) from payment_event_checks where last_error is not null") == 1, "the confirmation is put off for an hour");
        Assert.Equal("paid", await _app.StatusOfAsync("CONFIRM-1"));
        for (var i = 0; i < 6 && State == BreakerState.Closed; i++)
        {
            await _app.OrderAsync(Requests.Full());
        }

        await AppHost.EventuallyAsync(() => Task.FromResult(State != BreakerState.Closed), "the breaker opens");
        await _app.FaultAsync("midtrans", "ok");

        await AppHost.EventuallyAsync(async () => await _app.ReadAsync<long>("select count(*) from payment_event_checks") == 0, "the payment is confirmed", seconds: 30);
        Assert.Equal("paid", await _app.StatusOfAsync("CONFIRM-1"));
    }
}
