using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Orders;

/// <summary>Orders while Midtrans fails. The breaker is set so that it stays out of the way.</summary>
public sealed class MidtransFaultTests : IAsyncLifetime
{
    private AppHost _app = null!;

    public async ValueTask InitializeAsync() => _app = await AppHost.StartAsync(
        ("Breakers:Midtrans:AttemptTimeout", "00:00:01"),
        ("Breakers:Midtrans:MinimumThroughput", "10000"),
        ("Breakers:Midtrans:ConsecutiveFailures", "10000"),
        ("Orders:RetryAfter", "00:00:00.500"),
        ("Orders:MaxRetryAfter", "00:00:01"));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task PlaceOrder_WhileMidtransIsAway_IsQueuedAndPaidForAfterwards()
    {
        var orders = new Dictionary<string, (string Key, Answer Answer)>(StringComparer.Ordinal);
        foreach (var mode in new[] { "down", "error", "hang", "slow" })
        {
            await _app.FaultAsync("midtrans", mode, delayMs: 5000);
            var key = Guid.NewGuid().ToString();
            var orderId = $"AWAY-{mode}-A";
            var started = TimeProvider.System.GetTimestamp();

            var answer = await _app.OrderAsync(Requests.Full(orderId), key);

            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(4));
            orders[orderId] = (key, answer);
            Assert.True(answer.Status == 202, answer.ToString());
            Assert.Equal(["orderId", "status", "queued", "statusUrl"], answer.Json.Select(member => member.Key));
            Assert.Equal((orderId, "queued", true, $"/api/v1/orders/{orderId}"), ((string?)answer.Json["orderId"], (string?)answer.Json["status"], (bool)answer.Json["queued"]!, (string?)answer.Json["statusUrl"]));
            Assert.Equal("1", answer.Headers["Retry-After"]);
            Assert.Equal($"/api/v1/orders/{orderId}", answer.Headers["Location"]);

            var standing = await _app.FindAsync(orderId);
            Assert.Equal("queued", (string?)standing.Json["status"]);
            Assert.False(standing.Json.ContainsKey("snapToken"));
            Assert.False(standing.Json.ContainsKey("redirectUrl"));
        }

        await _app.FaultAsync("midtrans", "ok");
        foreach (var (orderId, (key, answer)) in orders)
        {
            await AppHost.EventuallyAsync(async () => (string?)(await _app.FindAsync(orderId)).Json["status"] == "awaiting_payment", $"{orderId} gets its page", seconds: 30);
            var standing = await _app.FindAsync(orderId);
            Assert.True(Guid.TryParse((string?)standing.Json["snapToken"], out _));

            await AppHost.EventuallyAsync(async () => (await MailsAsync(orderId)).Count > 0, $"the link of {orderId} arrives", seconds: 30);
            var mail = Assert.Single(await MailsAsync(orderId))!;
            Assert.Equal("budi@contoh.id", (string?)mail["recipient"]);
            Assert.Contains((string)standing.Json["redirectUrl"]!, (string?)mail["body"], StringComparison.Ordinal);

            await AppHost.EventuallyAsync(async () => (await MessagesAsync(orderId, "whatsapp")).Count > 0, $"the link of {orderId} arrives by WhatsApp", seconds: 30);
            var message = Assert.Single(await MessagesAsync(orderId, "whatsapp"))!;
            Assert.Equal(("+6281234567890", "payment_link"), ((string?)message["recipient"], (string?)message["subject"]));
            Assert.Contains(orderId, (string?)message["body"], StringComparison.Ordinal);
            Assert.Contains((string)standing.Json["redirectUrl"]!, (string?)message["body"], StringComparison.Ordinal);

            // Whoever repeats the request gets the answer it got; the page is behind its statusUrl.
            var again = await _app.OrderAsync(Requests.Full(orderId), key);
            Assert.True(again.IsReplay);
            Assert.Equal(answer.Body, again.Body);
            Assert.Equal(1, await _app.ReadAsync<long>("select count(*) from payment_sessions where order_id = $1", orderId));
            Assert.Equal(1, (int?)(await _app.MidtransStatisticsAsync())["snapCreatesByOrder"]![orderId]);
        }

        Assert.Equal("email: 4, whatsapp: 4", await _app.ReadAsync<string>(
            "select string_agg(channel || ': ' || messages, ', ' order by channel) from (select channel, count(*) as messages from notification_outbox where kind = 'payment_link' group by channel) t"));
    }

    [Fact]
    public async Task PlaceOrder_ThatMidtransRefuses_IsAnErrorAndNeverQueued()
    {
        await _app.FaultAsync("midtrans", "refuse");
        var key = Guid.NewGuid().ToString();
        var before = await _app.CountRowsAsync();

        var first = await _app.OrderAsync(Requests.Full("REFUSED-1A"), key);

        first.MustBeProblem(400, "payment_rejected");
        var after = await _app.CountRowsAsync();
        Assert.Equal([before[0], before[1], before[2], before[3] + 1, before[4], before[5]], after);
        Assert.Equal(404, (await _app.FindAsync("REFUSED-1A")).Status);

        // The refusal stays the key's answer, and costs Midtrans no second call.
        await _app.FaultAsync("midtrans", "ok");
        var calls = await _app.CallsAsync();
        var second = await _app.OrderAsync(Requests.Full("REFUSED-1A"), key);
        Assert.True(second.IsReplay);
        Assert.Equal(first.Body, second.Body);
        Assert.Equal(calls, await _app.CallsAsync());

        // Under a new key the same order may be tried again.
        Assert.Equal(201, (await _app.OrderAsync(Requests.Full("REFUSED-1A"))).Status);
    }

    [Fact]
    public async Task PlaceOrder_WithAServerKeyThatMidtransRefuses_TellsOperatorsAndKeepsNothing()
    {
        var key = Guid.NewGuid().ToString();
        var before = await _app.CountRowsAsync();
        Configure("Midtrans:ServerKey", "SB-Mid-server-WRONG");

        for (var i = 0; i < 3; i++)
        {
            var answer = await _app.OrderAsync(Requests.Full("ACCOUNT-1A"), key);
            answer.MustBeProblem(503, "payment_misconfigured");
            Assert.Equal("60", answer.Headers["Retry-After"]);
        }

        var after = await _app.CountRowsAsync();
        Assert.Equal(before[..3], after[..3]);
        Assert.Equal(before[4..], after[4..]);
        Assert.Equal(1, await _app.ReadAsync<long>("select count(*) from alerts where kind = 'midtrans_misconfigured' and severity = 'critical' and resolved_at is null"));

        Configure("Midtrans:ServerKey", AppHost.ServerKey);
        var answered = await _app.OrderAsync(Requests.Full("ACCOUNT-1A"), key);
        Assert.Equal(201, answered.Status);
        Assert.False(answered.IsReplay);
        Assert.Equal(1, await _app.ReadAsync<long>("select count(*) from orders where order_id = 'ACCOUNT-1A'"));
    }

    [Fact]
    public async Task QueuedOrder_ThatMidtransThenRefuses_EndsAsFailedWithAnAlert()
    {
        await _app.FaultAsync("midtrans", "error");
        Assert.Equal(202, (await _app.OrderAsync(Requests.Full("LATER-1A"))).Status);

        await _app.FaultAsync("midtrans", "refuse");

        await AppHost.EventuallyAsync(async () => (string?)(await _app.FindAsync("LATER-1A")).Json["status"] == "failed", "the order fails", seconds: 30);
        Assert.Equal(1, await _app.ReadAsync<long>("select count(*) from alerts where kind = 'queued_order_failed' and target = 'LATER-1A'"));
        Assert.Equal("refused", await _app.ReadAsync<string>("select state from payment_sessions where order_id = 'LATER-1A'"));
    }

    [Fact]
    public async Task QueuedOrder_WhosePageWouldBeTooShort_ExpiresInstead()
    {
        await _app.FaultAsync("midtrans", "error");
        Assert.Equal(202, (await _app.OrderAsync(Requests.Full("SHORT-1A"))).Status);

        await MigratedDatabase.MoveClockAsync(_app.ConnectionString, TimeSpan.FromMinutes(56));
        await _app.FaultAsync("midtrans", "ok");

        await AppHost.EventuallyAsync(async () => (string?)(await _app.FindAsync("SHORT-1A")).Json["status"] == "expired", "the order expires", seconds: 30);
        Assert.Null((await _app.MidtransStatisticsAsync())["snapCreatesByOrder"]!["SHORT-1A"]);
        Assert.Equal("order_closed", await _app.ReadAsync<string>("select string_agg(kind, ',') from notification_outbox where order_id = 'SHORT-1A'"));
    }

    private void Configure(string key, string value)
    {
        var configuration = _app.Services.GetRequiredService<IConfiguration>();
        configuration[key] = value;
        ((IConfigurationRoot)configuration).Reload();
    }

    private Task<JsonArray> MailsAsync(string orderId) => MessagesAsync(orderId, "email");

    private async Task<JsonArray> MessagesAsync(string orderId, string channel)
    {
        var answer = await _app.Anonymous.AskAsync($"/sandbox/api/messages?channel={channel}&orderId={orderId}");
        return JsonNode.Parse(answer.Body)!.AsArray();
    }
}
