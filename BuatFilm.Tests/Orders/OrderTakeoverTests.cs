using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Orders;

/// <summary>Runs that died, or that somebody took for dead.</summary>
public sealed class OrderTakeoverTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task PlaceOrder_AfterARunThatDiedBeforeTheAnswer_ContinuesTheSameOrder()
    {
        var key = Guid.NewGuid().ToString();
        var first = await app.OrderAsync(Requests.Full(), key);
        var orderId = (string)first.Json["orderId"]!;
        await DieBeforeTheAnswerAsync(key, orderId);

        var second = await app.OrderAsync(Requests.Full(), key);

        Assert.Equal(201, second.Status);
        Assert.False(second.IsReplay);
        Assert.Equal(orderId, (string?)second.Json["orderId"]);
        Assert.NotEqual((string?)first.Json["snapToken"], (string?)second.Json["snapToken"]);
        Assert.Equal((string?)second.Json["snapToken"], (string?)(await app.FindAsync(orderId)).Json["snapToken"]);
        Assert.Equal((1, 1, 2), await RowsOfAsync(orderId));
        Assert.Equal(2, await app.ReadAsync<int>("select attempt from idempotency_store where key = $1", key));
        Assert.True((await app.OrderAsync(Requests.Full(), key)).IsReplay);
    }

    [Fact]
    public async Task PlaceOrder_AfterARunThatDiedRightAfterTheClaim_PlacesTheOrder()
    {
        var key = Guid.NewGuid().ToString();
        await app.OrderAsync(Requests.Full("CLAIMED-0A"), key);
        await TestPostgres.ExecuteAsync(
            app.ConnectionString,
            $"""
            delete from payment_sessions where order_id = 'CLAIMED-0A'; delete from orders where order_id = 'CLAIMED-0A';
            update idempotency_store set state = 'running', status = null, headers = null, body = null, resource_id = null, lease_until = app_now() - interval '1 s' where key = '{key}'
            """);

        var answer = await app.OrderAsync(Requests.Full("CLAIMED-0A"), key);

        Assert.Equal(201, answer.Status);
        Assert.Equal((1, 1, 1), await RowsOfAsync("CLAIMED-0A"));
    }

    [Fact]
    public async Task PlaceOrder_WhileADeadRunStillHoldsTheKey_IsToldToWait()
    {
        var key = Guid.NewGuid().ToString();
        await app.OrderAsync(Requests.Full("WAITS-1A"), key);
        await DieBeforeTheAnswerAsync(key, "WAITS-1A", lease: "30 s");

        var answer = await app.OrderAsync(Requests.Full("WAITS-1A"), key);

        answer.MustBeProblem(409, "request_in_progress");
        Assert.Equal("1", answer.Headers["Retry-After"]);
        (await app.OrderAsync(Requests.Full("WAITS-1A").With("locale", "\"id\""), key)).MustBeProblem(422, "idempotency_key_reused");
    }

    [Fact]
    public async Task PlaceOrder_WhileTheQueueMakesTheSamePage_SaysQueuedAndThereIsOneOrder()
    {
        var key = Guid.NewGuid().ToString();
        await app.OrderAsync(Requests.Full("SHARED-1A"), key);
        await DieBeforeTheAnswerAsync(key, "SHARED-1A");
        await TestPostgres.ExecuteAsync(
            app.ConnectionString,
            "update payment_sessions set lease_owner = gen_random_uuid(), lease_until = app_now() + interval '1 min' where order_id = 'SHARED-1A'");

        var answer = await app.OrderAsync(Requests.Full("SHARED-1A"), key);

        Assert.Equal(202, answer.Status);
        Assert.Equal("queued", (string?)answer.Json["status"]);
        Assert.Equal((1, 1, 1), await RowsOfAsync("SHARED-1A"));
    }

    [Fact]
    public async Task PlaceOrder_OvertakenWhileMidtransIsSlow_ChangesNothingOfTheOther()
    {
        await using var host = await AppHost.StartAsync(("Breakers:Midtrans:AttemptTimeout", "00:00:20"), ("Breakers:Midtrans:SamplingDuration", "00:01:00"));
        var key = Guid.NewGuid().ToString();
        await host.FaultAsync("midtrans", "slow", delayMs: 2000);

        var overtaken = host.OrderAsync(Requests.Full("SLOW-1A"), key);
        await AppHost.EventuallyAsync(async () => await host.ReadAsync<long>("select count(*) from payment_sessions where order_id = 'SLOW-1A'") == 1, "the order is saved");
        await TestPostgres.ExecuteAsync(host.ConnectionString, "update payment_sessions set next_attempt_at = app_now() + interval '1 day'");
        await MigratedDatabase.MoveClockAsync(host.ConnectionString, TimeSpan.FromMinutes(1));
        var second = await host.OrderAsync(Requests.Full("SLOW-1A"), key);
        var first = await overtaken;

        Assert.Equal(201, second.Status);
        Assert.True(first.Status == 409 ? first.Code == "request_in_progress" : first.Body.SequenceEqual(second.Body), first.ToString());
        Assert.Equal((string?)second.Json["snapToken"], (string?)(await host.FindAsync("SLOW-1A")).Json["snapToken"]);
        Assert.Equal(1, await host.ReadAsync<long>("select count(*) from orders"));
        Assert.Equal("done", await host.ReadAsync<string>("select state from idempotency_store where key = $1", key));
        Assert.True((await host.OrderAsync(Requests.Full("SLOW-1A"), key)).Body.SequenceEqual(second.Body));
    }

    /// <summary>Puts the rows back to where a run leaves them that ends between saving the order and Midtrans' answer.</summary>
    private Task DieBeforeTheAnswerAsync(string key, string orderId, string lease = "-1 s") => TestPostgres.ExecuteAsync(
        app.ConnectionString,
        $"""
        update idempotency_store set state = 'running', status = null, headers = null, body = null, resource_id = '{orderId}', lease_until = app_now() + interval '{lease}' where key = '{key}';
        update payment_sessions set state = 'queued', snap_token = null, redirect_url = null, opened_at = null, lease_owner = gen_random_uuid(),
                                    lease_until = app_now() - interval '1 s', next_attempt_at = app_now() + interval '1 day' where order_id = '{orderId}';
        update orders set status = 'queued' where order_id = '{orderId}'
        """);

    private async Task<(int Orders, int Sessions, int Creates)> RowsOfAsync(string orderId) => (
        (int)await app.ReadAsync<long>("select count(*) from orders where order_id = $1", orderId),
        (int)await app.ReadAsync<long>("select count(*) from payment_sessions where order_id = $1", orderId),
        await app.ReadAsync<int>("select attempts from payment_sessions where order_id = $1", orderId));
}
