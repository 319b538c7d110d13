using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Webhooks;

public sealed class MidtransNotificationsTests(WebhookHost host) : IClassFixture<WebhookHost>
{
    private const string NegativeOrder = "BF-260315-WORKSHOP-A";

    [Fact]
    public async Task NegativeSet_MovesNothing_AndDoesNotBlockTheGenuineOne()
    {
        await host.PlaceAsync(NegativeOrder, 450_000);
        var genuine = Payload.Read("notifications/bank_transfer_bca__settlement.json");
        var pending = Payload.Read("notifications/bank_transfer_bca__pending.json");
        host.Status.Tell((string)genuine["transaction_id"]!, pending);

        foreach (var file in Payload.Files("negative"))
        {
            var (status, outcome) = await host.App.NotifyAsync(Payload.Bytes(file));
            var expected = Path.GetFileNameWithoutExtension(file) switch
            {
                "status_forged_on_genuine_pending" => (200, "pending_verification"),
                "order_unknown_but_signed" => (200, "unknown_order"),
                "amount_mismatch_but_signed" => (200, "mismatch"),
                _ => (401, "bad_signature"),
            };
            Assert.Equal((file, expected), (file, (status, outcome)));
            Assert.Equal(0, await host.App.ReadAsync<long>("select paid_amount from orders where order_id = $1", NegativeOrder));
        }

        await host.SettledAsync(NegativeOrder);
        Assert.NotEqual("paid", await host.App.StatusOfAsync(NegativeOrder));
        Assert.True(await host.App.ReadAsync<long>("select count(*) from alerts where kind in ('amount_mismatch', 'unknown_order')") >= 2);
        Assert.Equal(6, await host.App.ReadAsync<long>("select count(*) from rejected_notifications where reason = 'bad_signature' and convert_from(raw_payload, 'UTF8') like '%' || $1 || '%'", NegativeOrder));

        host.Status.Tell((string)genuine["transaction_id"]!, genuine);
        var (answer, what) = await host.SendAsync(genuine);
        Assert.Equal(200, answer);
        await AppHost.EventuallyAsync(async () => await host.App.StatusOfAsync(NegativeOrder) == "paid", $"the genuine settlement ({what}) pays the order");
    }

    [Fact]
    public async Task SimultaneousDuplicates_AreProcessedOnce()
    {
        var orders = Enumerable.Range(1, 50).Select(number => $"DUP-{number}A").ToList();
        await Parallel.ForEachAsync(orders, async (order, _) => await host.PlaceAsync(order, 450_000));
        var news = orders.Select(order => Truthful(WebhookHost.News(order, $"dup-{order}", "settlement"))).ToList();

        var answers = await Task.WhenAll(news.SelectMany(body => Enumerable.Range(0, 4).Select(_ => host.SendAsync(body))));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(50, answers.Count(answer => answer.Outcome == "applied"));
        Assert.Equal(150, answers.Count(answer => answer.Outcome == "duplicate"));
        Assert.Equal(50, await host.App.ReadAsync<long>("select count(*) from payment_events where transaction_id like 'dup-%'"));
        Assert.Equal(100, await host.App.ReadAsync<long>("select count(*) from notification_outbox where order_id like 'DUP-%'"));
        Assert.Equal(100, await host.App.ReadAsync<long>("select count(distinct (order_id, channel)) from notification_outbox where order_id like 'DUP-%' and channel in ('email', 'whatsapp')"));
        Assert.Equal(50, await host.App.ReadAsync<long>("select count(*) from orders where order_id like 'DUP-%' and status = 'paid' and paid_amount = 450000"));
    }

    [Fact]
    public async Task SimultaneousEventsOfOneOrder_AllCount()
    {
        await host.PlaceAsync("RACE-1A", 450_000);
        var news = Enumerable.Range(1, 12).Select(number => WebhookHost.News("RACE-1A", $"race-{number}", number == 7 ? "settlement" : "deny")).ToList();
        news.ForEach(body => Truthful(body));

        var answers = await Task.WhenAll(news.Select(host.SendAsync));

        Assert.All(answers, answer => Assert.Equal((200, "applied"), answer));
        Assert.Equal(12, await host.App.ReadAsync<long>("select count(*) from payments where order_id = 'RACE-1A'"));
        Assert.Equal("paid", await host.App.StatusOfAsync("RACE-1A"));
    }

    [Fact]
    public async Task Payment_ThatGetStatusContradicts_PutsTheOrderOnHold_UntilItAgrees()
    {
        await host.PlaceAsync("REFUTE-1A", 450_000);
        host.Status.Tell("refute-1", WebhookHost.News("REFUTE-1A", "refute-1", "pending"));

        Assert.Equal((200, "applied"), await host.SendAsync(WebhookHost.News("REFUTE-1A", "refute-1", "settlement")));
        await AppHost.EventuallyAsync(async () => await host.App.StatusOfAsync("REFUTE-1A") == "on_hold", "the refuted order is on hold");
        Assert.Equal(1, await host.App.ReadAsync<long>("select count(*) from alerts where kind = 'payment_refuted' and target = 'REFUTE-1A'"));
        Assert.Equal("refuted", await host.App.ReadAsync<string>("select outcome from payment_events where transaction_id = 'refute-1' and transaction_status = 'settlement'"));

        host.Status.Tell("refute-1", WebhookHost.News("REFUTE-1A", "refute-1", "settlement"));
        Assert.Equal((200, "pending_verification"), await host.SendAsync(WebhookHost.News("REFUTE-1A", "refute-1", "settlement")));
        await AppHost.EventuallyAsync(async () => await host.App.StatusOfAsync("REFUTE-1A") == "paid", "the order is paid once GET status agrees");
    }

    [Fact]
    public async Task Refund_WaitsForGetStatus_AlsoWhileItIsAway()
    {
        await host.PlaceAsync("REFUND-1A", 450_000);
        await host.SendAsync(Truthful(WebhookHost.News("REFUND-1A", "refund-1", "settlement")));
        await host.SettledAsync("REFUND-1A");
        host.Status.IsDown = true;
        var refund = WebhookHost.News("REFUND-1A", "refund-1", "refund");
        refund["refund_amount"] = "450000.00";

        Assert.Equal((200, "pending_verification"), await host.SendAsync(refund));
        Assert.Equal("paid", await host.App.StatusOfAsync("REFUND-1A"));

        host.Status.Tell("refund-1", refund);
        host.Status.IsDown = false;
        await AppHost.EventuallyAsync(async () => await host.App.StatusOfAsync("REFUND-1A") == "refunded", "the refund is applied once GET status is back", seconds: 45);
        Assert.Equal(450_000, await host.App.ReadAsync<long>("select refunded_amount from orders where order_id = 'REFUND-1A'"));
    }

    [Fact]
    public async Task TransactionOfAnotherOrder_DoesNotBlockItsOwner()
    {
        await host.PlaceAsync("RIVAL-1A", 450_000);
        await host.PlaceAsync("RIVAL-2A", 450_000);
        var owners = Truthful(WebhookHost.News("RIVAL-2A", "rival", "settlement"));

        // Signed for the first order; only the unsigned transaction id is the second's.
        Assert.Equal((200, "applied"), await host.SendAsync(WebhookHost.News("RIVAL-1A", "rival", "settlement")));
        Assert.Equal((200, "pending_verification"), await host.SendAsync(owners));

        await AppHost.EventuallyAsync(async () => await host.App.StatusOfAsync("RIVAL-2A") == "paid", "the owner's order is paid");
        await AppHost.EventuallyAsync(async () => await host.App.StatusOfAsync("RIVAL-1A") == "on_hold", "the other order is on hold");
    }

    [Fact]
    public async Task NotificationSignedWithThePreviousKey_IsTaken_AndOldOnesAreNotRefusedForTheirAge()
    {
        await host.PlaceAsync("KEY-1A", 450_000);
        var news = Truthful(WebhookHost.News("KEY-1A", "key-1", "settlement"));
        news["signature_key"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(Encoding.UTF8.GetBytes("KEY-1A" + "200" + "450000.00" + "SB-Mid-server-PREVIOUS")));
        news["transaction_time"] = "2021-01-01 00:00:00";

        Assert.Equal((200, "applied"), await host.SendAsync(news));
    }

    [Fact]
    public async Task Replay_LongAfter_IsADuplicate()
    {
        await host.PlaceAsync("REPLAY-1A", 450_000);
        var news = Truthful(WebhookHost.News("REPLAY-1A", "replay-1", "settlement"));
        await host.SendAsync(news);
        await host.SettledAsync("REPLAY-1A");
        var before = await host.App.ReadAsync<int>("select version from orders where order_id = 'REPLAY-1A'");

        await MigratedDatabase.MoveClockAsync(host.App.ConnectionString, TimeSpan.FromDays(30));
        var again = await host.SendAsync(news);
        await MigratedDatabase.MoveClockAsync(host.App.ConnectionString, TimeSpan.Zero);

        Assert.Equal((200, "duplicate"), again);
        Assert.Equal(before, await host.App.ReadAsync<int>("select version from orders where order_id = 'REPLAY-1A'"));
    }

    [Fact]
    public async Task PoisonedNotification_FailsAlone_WithA503()
    {
        await TestPostgres.ExecuteAsync(host.App.ConnectionString, """
            create function poison() returns trigger language plpgsql as $$ begin
                if new.transaction_id = 'poison' then raise exception 'poisoned'; end if; return new; end $$;
            create trigger poison before insert on payment_events for each row execute function poison();
            """);
        var orders = Enumerable.Range(1, 40).Select(number => $"POISON-{number}A").ToList();
        await Parallel.ForEachAsync(orders, async (order, _) => await host.PlaceAsync(order, 450_000));

        var answers = await Task.WhenAll(orders.Select((order, index) => host.SendAsync(Truthful(WebhookHost.News(order, index == 20 ? "poison" : $"healthy-{index}", "settlement")))));

        Assert.Equal((503, "not_stored"), answers[20]);
        Assert.Equal(39, answers.Count(answer => answer == (200, "applied")));

        await TestPostgres.ExecuteAsync(host.App.ConnectionString, "drop trigger poison on payment_events; drop function poison();");
        Assert.Equal((200, "applied"), await host.SendAsync(WebhookHost.News(orders[20], "poison", "settlement")));
    }

    [Fact]
    public async Task TablesAway_AreAnswered503_NeverA500()
    {
        await host.PlaceAsync("AWAY-1A", 450_000);
        var news = Truthful(WebhookHost.News("AWAY-1A", "away-1", "settlement"));

        await TestPostgres.ExecuteAsync(host.App.ConnectionString, "alter table payments rename to payments_away");
        var away = await host.SendAsync(news);
        await TestPostgres.ExecuteAsync(host.App.ConnectionString, "alter table payments_away rename to payments");

        Assert.Equal((503, "not_stored"), away);
        Assert.Equal((200, "applied"), await host.SendAsync(news));
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("not json", 400)]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("{}", 400)]
    [InlineData("{\"order_id\":\"A\",\"order_id\":\"B\"}", 400)]
    [InlineData("{\"order_id\":\"A\\u0000\"}", 400)]
    [InlineData("{\"order_id\":\"A\",\"transaction_id\":\"T\",\"transaction_status\":\"settlement\",\"status_code\":\"200\",\"gross_amount\":\"1.00\",\"signature_key\":7}", 401)]
    public async Task UnusableBody_GetsAClearRefusal(string body, int expected)
    {
        var (status, code) = await host.App.NotifyAsync(Encoding.UTF8.GetBytes(body));

        Assert.Equal(expected, status);
        Assert.False(string.IsNullOrEmpty(code));
    }

    [Fact]
    public async Task BodyOverTheLimit_Gets413()
    {
        using var content = new ByteArrayContent(new byte[70_000]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await host.App.Anonymous.PostAsync("/api/v1/midtrans/notifications", content, TestContext.Current.CancellationToken);

        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task SubscriptionAndDashboardTest_AreAnswered200()
    {
        Assert.Equal((200, "unsupported"), await host.App.NotifyAsync(Payload.Bytes("notifications/special__recurring_subscription_charge.json")));
        Assert.Equal((200, "unknown_order"), await host.App.NotifyAsync(Payload.Bytes("notifications/special__recurring_flat_signed.json")));
        Assert.Equal((200, "unknown_order"), await host.App.NotifyAsync(Payload.Bytes("notifications/special__dashboard_test_ping.json")));
        Assert.Equal(0, await host.App.ReadAsync<long>("select count(*) from alerts where target like 'payment_notif_test_%'"));
    }

    [Fact]
    public async Task RandomHistories_Shuffled_Duplicated_EndInTheTruth()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"Random histories with seed {seed}.");
        var random = new Random(seed);
        string[][] lives =
        [
            ["pending", "settlement"], ["pending", "expire"], ["settlement"], ["pending", "deny"], ["pending", "settlement", "refund"], ["pending", "cancel"], ["deny"],
        ];
        var orders = Enumerable.Range(1, 40).Select(number => (Id: $"HIST-{number}A", Life: lives[random.Next(lives.Length)])).ToList();
        await Parallel.ForEachAsync(orders, async (order, _) => await host.PlaceAsync(order.Id, 450_000));
        var deliveries = orders.SelectMany(order => order.Life.SelectMany(status => Enumerable.Repeat(WebhookHost.News(order.Id, $"t-{order.Id}", status), random.Next(1, 4)))).ToArray();
        orders.ForEach(order => Truthful(WebhookHost.News(order.Id, $"t-{order.Id}", order.Life[^1])));
        random.Shuffle(deliveries);

        await Parallel.ForEachAsync(deliveries, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (news, _) => Assert.Equal(200, (await host.SendAsync(news)).Status));

        foreach (var order in orders)
        {
            await host.SettledAsync(order.Id);
            var expected = order.Life[^1] switch
            {
                "settlement" => "paid",
                "refund" => "refunded",
                "expire" => "expired",
                "cancel" => "cancelled",
                _ => "awaiting_payment",
            };
            Assert.True(expected == await host.App.StatusOfAsync(order.Id), $"Seed {seed}: {order.Id} ({string.Join(" > ", order.Life)}) is {await host.App.StatusOfAsync(order.Id)}.");
            Assert.True(
                await host.App.ReadAsync<long>("select coalesce(max(messages), 0) from (select count(*) as messages from notification_outbox where order_id = $1 group by channel) t", order.Id) <= 1,
                $"Seed {seed}: {order.Id} has two messages by one channel.");
        }
    }

    private JsonObject Truthful(JsonObject news)
    {
        host.Status.Tell((string)news["transaction_id"]!, news);
        return news;
    }
}
