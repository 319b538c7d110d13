using System.Text.Json.Nodes;
using BuatFilm.Tests.Integrations.Midtrans;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using BuatFilm.Tests.Webhooks;

namespace BuatFilm.Tests.Outbox;

/// <summary>WhatsApp messages from the payment to the customer's telephone, with the stand-in as Meta.</summary>
public sealed class WhatsAppDeliveryTests
{
    [Fact]
    public async Task Payment_IsToldByMailAndByWhatsApp_AndReadInTheEnd()
    {
        await using var app = await AppHost.StartAsync();
        await PayAsync(app, "WA-1", locale: "en");

        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from message_receipts where status = 'read'") == 1, "Meta says it was read");

        Assert.Equal(
            "email budi@contoh.id SENT, whatsapp +6281234567890 SENT",
            await app.ReadAsync<string>("select string_agg(channel || ' ' || recipient || ' ' || status, ', ' order by channel) from outbox_overview where order_id = 'WA-1'"));
        Assert.Equal("payment_received:WA-1:email, payment_received:WA-1:whatsapp", await app.ReadAsync<string>("select string_agg(dedupe_key, ', ' order by dedupe_key) from notification_outbox"));

        var message = Assert.Single(await MessagesAsync(app, "WA-1", "whatsapp"))!;
        Assert.Equal(("+6281234567890", "payment_received", "Budi Santoso\nWA-1\nRp450.000"), ((string?)message["recipient"], (string?)message["subject"], (string?)message["body"]));

        // The receipt, the attempt and the stand-in mean one message.
        var wamid = (string)message["messageId"]!;
        Assert.Equal("WA-1", await app.ReadAsync<string>("select m.order_id from message_receipts r join notification_outbox m on m.id = r.message_id where r.provider_id = $1 and r.sent_at is not null and r.delivered_at is not null and r.read_at is not null", wamid));
        Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from notification_attempts where provider_id = $1 and result = 'delivered'", wamid));
    }

    [Fact]
    public async Task Order_WhoseNumberLooksLikeNothing_IsNamedAllTheSame()
    {
        await using var app = await AppHost.StartAsync();
        await PayAsync(app, "20261127");

        await AppHost.EventuallyAsync(async () => (await MessagesAsync(app, "20261127", "whatsapp")).Count == 1, "the message arrives");
    }

    [Fact]
    public async Task Refusal_IsADeadLetter_AndTheMailArrives()
    {
        await using var app = await AppHost.StartAsync();
        await app.FaultAsync("whatsapp", "refuse");
        await PayAsync(app, "WA-NO");

        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue") == 0, "both ended");

        Assert.Equal("email SENT, whatsapp DLQ refused 131026", await StandingsAsync(app));
        Assert.Single(await MessagesAsync(app, "WA-NO", "email"));
    }

    [Theory]
    [InlineData("error")]
    [InlineData("down")]
    [InlineData("hang")]
    public async Task Outage_IsWaitedOut_AndTheMailIsNotDelayed(string mode)
    {
        await using var app = await AppHost.StartAsync(("Breakers:WhatsApp:AttemptTimeout", "00:00:01"), ("Outbox:Backoff:Base", "00:00:00.500"), ("Outbox:Backoff:Cap", "00:00:01"));
        await app.FaultAsync("whatsapp", mode);
        await PayAsync(app, "WA-AWAY");

        await AppHost.EventuallyAsync(async () => (await MessagesAsync(app, "WA-AWAY", "email")).Count == 1, "the mail arrives");
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from notification_attempts a join notification_outbox m on m.id = a.message_id where m.channel = 'whatsapp'") > 0, "WhatsApp was tried");
        Assert.Empty(await MessagesAsync(app, "WA-AWAY", "whatsapp"));
        Assert.Equal(mode == "hang" ? "unknown" : "failed", await app.ReadAsync<string>("select result from notification_attempts a join notification_outbox m on m.id = a.message_id where m.channel = 'whatsapp' limit 1"));

        await app.FaultAsync("whatsapp", "ok");
        await AppHost.EventuallyAsync(async () => (await MessagesAsync(app, "WA-AWAY", "whatsapp")).Count == 1, "the message arrives", 60);
        await AppHost.EventuallyAsync(async () => await StandingsAsync(app) == "email SENT, whatsapp SENT", "both are marked");
    }

    [Fact]
    public async Task Message_ThatMetaHoldsBack_IsTriedOnceMoreADayLater()
    {
        await using var meta = new ScriptedGateway(ScriptedGateway.Http(400, """{"error":{"message":"(#131049) This message was not delivered to maintain healthy ecosystem engagement.","code":131049}}"""));
        await using var app = await AppHost.StartAsync(("WhatsApp:BaseUrl", meta.Address));
        await PayAsync(app, "WA-DAY");

        await AppHost.EventuallyAsync(async () => await StandingsAsync(app) == "email SENT, whatsapp RETRYING", "the first try is over");
        Assert.InRange(await app.ReadAsync<double>("select extract(epoch from next_retry_at - app_now())::float8 from outbox_overview where channel = 'whatsapp'"), 86_000, 86_400);

        await MigratedDatabase.MoveClockAsync(app.ConnectionString, TimeSpan.FromHours(25));
        await AppHost.EventuallyAsync(async () => await StandingsAsync(app) == "email SENT, whatsapp DLQ refused 131049", "the second try was the last");
        Assert.Equal(2L, await app.ReadAsync<long>("select count(*) from notification_attempts a join notification_outbox m on m.id = a.message_id where m.channel = 'whatsapp'"));
    }

    [Fact]
    public async Task AccountThatMetaRefuses_CostsNoAttempt()
    {
        await using var meta = new ScriptedGateway(ScriptedGateway.Http(401, """{"error":{"message":"Error validating access token","type":"OAuthException","code":190}}"""));
        await using var app = await AppHost.StartAsync(("WhatsApp:BaseUrl", meta.Address));
        await PayAsync(app, "WA-ACCOUNT");

        await AppHost.EventuallyAsync(() => Task.FromResult(meta.Requests.Count > 0), "Meta was asked");
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue where channel = 'whatsapp' and lease_owner is null") == 1, "the message waits again");

        Assert.Equal(0L, await app.ReadAsync<long>("select count(*) from notification_attempts a join notification_outbox m on m.id = a.message_id where m.channel = 'whatsapp'"));
        Assert.Equal(0, await app.ReadAsync<int>("select attempt_count from outbox_overview where channel = 'whatsapp'"));
    }

    [Theory]
    [InlineData("WhatsApp:PhoneNumberId", "WhatsApp:AccessToken")]
    [InlineData("WhatsApp:Templates:payment_received:Name")]
    public async Task WithoutAnAccountOrATemplate_CustomersGetMailOnly(params string[] unset)
    {
        await using var app = await AppHost.StartAsync([.. unset.Select(key => (key, ""))]);
        await PayAsync(app, "MAIL-ONLY");

        await AppHost.EventuallyAsync(async () => (await MessagesAsync(app, "MAIL-ONLY", "email")).Count == 1, "the mail arrives");
        Assert.Equal("email SENT", await StandingsAsync(app));
        var ready = await app.Anonymous.AskAsync("/health/ready");
        Assert.Equal(200, ready.Status);
    }

    private static async Task PayAsync(AppHost app, string orderId, string locale = "id")
    {
        var order = AppHost.Order(orderId);
        order["locale"] = locale;
        using var placed = await app.PlaceAsync(order);
        Assert.Equal(201, (int)placed.StatusCode);
        var (status, outcome) = await app.NotifyAsync(WebhookHost.News(orderId, $"t-{orderId}", "settlement").ToBytes());
        Assert.Equal((200, "applied"), (status, outcome));
    }

    private static Task<string> StandingsAsync(AppHost app) => app.ReadAsync<string>(
        "select string_agg(concat_ws(' ', channel, status, dead_cause, case when status = 'DLQ' then last_code end), ', ' order by channel) from outbox_overview");

    private static async Task<JsonArray> MessagesAsync(AppHost app, string orderId, string channel) =>
        JsonNode.Parse((await app.Anonymous.AskAsync($"/sandbox/api/messages?channel={channel}&orderId={orderId}")).Body)!.AsArray();
}
