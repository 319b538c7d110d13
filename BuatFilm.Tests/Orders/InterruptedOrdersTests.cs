using BuatFilm.Admin.Features.Idempotency;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Orders;

/// <summary>Requests that nobody repeats soon, whose run died at each of its steps: the completer gives the key its final answer.</summary>
public sealed class InterruptedOrdersTests(AppHost app) : IClassFixture<AppHost>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DiedAfterTheClaim_TheKeyIsFreeAndTheOrderIsPlacedOnce()
    {
        var key = Guid.NewGuid().ToString();
        await app.OrderAsync(Requests.Full("DIED-0A"), key);
        await ExecuteAsync("delete from payment_sessions where order_id = 'DIED-0A'; delete from orders where order_id = 'DIED-0A'");
        await DieAsync(key, null);

        await CompleteAsync();

        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from idempotency_store where key = $1", key));
        var answer = await app.OrderAsync(Requests.Full("DIED-0A"), key);
        Assert.Equal((201, false), (answer.Status, answer.IsReplay));
    }

    [Fact]
    public async Task DiedWhileMidtransWasAsked_TheAnswerIsQueuedAndTheOrderGetsItsPage()
    {
        var key = Guid.NewGuid().ToString();
        await app.OrderAsync(Requests.Full("DIED-1A"), key);
        await DieAsync(key, "DIED-1A");
        await UnopenAsync("DIED-1A", lease: "1 min");

        // While a run may still be asking, nobody decides.
        await CompleteAsync();
        Assert.Equal("in_doubt", await StateAsync(key));

        await UnopenAsync("DIED-1A", lease: "-1 s");
        await DieAsync(key, "DIED-1A");
        await CompleteAsync();
        Assert.Equal("done", await StateAsync(key));

        var answer = await app.OrderAsync(Requests.Full("DIED-1A"), key);
        Assert.Equal((202, true, "queued"), (answer.Status, answer.IsReplay, (string?)answer.Json["status"]));
        await AppHost.EventuallyAsync(async () => await app.StatusOfAsync("DIED-1A") == "awaiting_payment", "the order has its page");
        Assert.Equal(1, await app.ReadAsync<long>("select count(*) from notification_outbox where order_id = 'DIED-1A' and kind = 'payment_link' and channel = 'email'"));
    }

    [Fact]
    public async Task DiedAfterThePageWasMade_TheAnswerIsThePage()
    {
        var key = Guid.NewGuid().ToString();
        var first = await app.OrderAsync(Requests.Full("DIED-2A"), key);
        await DieAsync(key, "DIED-2A");

        await CompleteAsync();

        var answer = await app.OrderAsync(Requests.Full("DIED-2A"), key);
        Assert.Equal((201, true), (answer.Status, answer.IsReplay));
        Assert.Equal(first.Body, answer.Body);
        Assert.Equal($"/api/v1/orders/DIED-2A", answer.Headers["Location"]);
    }

    [Theory]
    [InlineData("FAILED-1A", "failed", "refused", 400, "payment_rejected")]
    [InlineData("CLOSED-1A", "expired", "ended", 409, "order_ended")]
    public async Task DiedAndTheOrderEnded_TheAnswerSaysSo(string orderId, string status, string session, int http, string code)
    {
        var key = Guid.NewGuid().ToString();
        await app.OrderAsync(Requests.Full(orderId), key);
        await ExecuteAsync($"update orders set status = '{status}' where order_id = '{orderId}'; update payment_sessions set state = '{session}', snap_token = null, redirect_url = null, next_attempt_at = null where order_id = '{orderId}'");
        await DieAsync(key, orderId);

        await CompleteAsync();

        var answer = await app.OrderAsync(Requests.Full(orderId), key);
        answer.MustBeProblem(http, code);
        Assert.True(answer.IsReplay);
    }

    [Fact]
    public async Task DiedAndNothingIsLeft_TheKeyIsFree()
    {
        var key = Guid.NewGuid().ToString();
        await app.OrderAsync(Requests.Full("LEFT-1A"), key);
        await ExecuteAsync("delete from payment_sessions where order_id = 'LEFT-1A'; delete from orders where order_id = 'LEFT-1A'");
        await DieAsync(key, "LEFT-1A");

        await CompleteAsync();

        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from idempotency_store where key = $1", key));
        Assert.Equal(201, (await app.OrderAsync(Requests.Full("LEFT-1A"), key)).Status);
    }

    [Fact]
    public async Task ClientThatRepeatsSoon_ComesFirst()
    {
        var key = Guid.NewGuid().ToString();
        await app.OrderAsync(Requests.Full("SOON-1A"), key);
        await DieAsync(key, "SOON-1A", since: "5 s");
        await UnopenAsync("SOON-1A", lease: "-1 s");

        await CompleteAsync();
        Assert.Equal("running", await StateAsync(key));

        var answer = await app.OrderAsync(Requests.Full("SOON-1A"), key);
        Assert.Equal((201, false), (answer.Status, answer.IsReplay));
    }

    [Fact]
    public async Task RunThatWasTakenForDead_CannotAnswerAfterTheCompleter()
    {
        await using var host = await AppHost.StartAsync(("Breakers:Midtrans:AttemptTimeout", "00:00:20"), ("Breakers:Midtrans:SamplingDuration", "00:01:00"));
        var key = Guid.NewGuid().ToString();
        await host.FaultAsync("midtrans", "slow", delayMs: 3000);
        var slow = host.OrderAsync(Requests.Full("SLOW-2A"), key);
        await AppHost.EventuallyAsync(async () => await host.ReadAsync<long>("select count(*) from payment_sessions where order_id = 'SLOW-2A'") == 1, "the order is saved");
        await MigratedDatabase.MoveClockAsync(host.ConnectionString, TimeSpan.FromMinutes(5)); // Its leases are over; it is only slow.

        await host.Services.GetRequiredService<CompleteInDoubtJob>().ExecuteAsync(Token);
        var first = await slow;

        Assert.Equal("done", await host.ReadAsync<string>("select state from idempotency_store where key = $1", key));
        var again = await host.OrderAsync(Requests.Full("SLOW-2A"), key);
        Assert.True(again.IsReplay);
        Assert.Equal(again.Body, first.Body); // What the slow run found out is not told: the key has its answer.
        await AppHost.EventuallyAsync(async () => await host.StatusOfAsync("SLOW-2A") == "awaiting_payment", "the order has its page", seconds: 45);
        Assert.Equal(1, await host.ReadAsync<long>("select count(*) from orders"));
    }

    private Task ExecuteAsync(string sql) => TestPostgres.ExecuteAsync(app.ConnectionString, sql);

    private Task<string> StateAsync(string key) => app.ReadAsync<string>("select state from idempotency_store where key = $1", key);

    private Task CompleteAsync() => app.Services.GetRequiredService<CompleteInDoubtJob>().ExecuteAsync(Token);

    /// <summary>Leaves the key as a run leaves it that ended without an answer, its lease over for this long.</summary>
    private Task DieAsync(string key, string? orderId, string since = "31 s") => ExecuteAsync(
        $"""
        update idempotency_store set state = 'running', status = null, headers = null, body = null, owner = gen_random_uuid(),
                                     resource_id = {(orderId is null ? "null" : $"'{orderId}'")}, lease_until = app_now() - interval '{since}' where key = '{key}'
        """);

    /// <summary>Takes the page back, as if Midtrans' answer had not come.</summary>
    private Task UnopenAsync(string orderId, string lease) => ExecuteAsync(
        $"""
        update payment_sessions set state = 'queued', snap_token = null, redirect_url = null, opened_at = null, lease_owner = gen_random_uuid(),
                                    lease_until = app_now() + interval '{lease}', next_attempt_at = app_now() + interval '1 day' where order_id = '{orderId}';
        update orders set status = 'queued' where order_id = '{orderId}'
        """);
}
