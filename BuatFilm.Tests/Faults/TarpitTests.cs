using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using BuatFilm.Tests.Webhooks;
using Npgsql;

namespace BuatFilm.Tests.Faults;

/// <summary>F16: a mail server that takes each message and answers a byte at a time, while customers also get WhatsApp messages.</summary>
[Collection(LongProcessTests.Name)]
public sealed class TarpitTests
{
    private const int PerSecond = 8;

    [Fact]
    public async Task MailServer_ThatAnswersAByteAtATime_DelaysNothingButMail()
    {
        var (before, during) = (FaultCounts.Of(quick: 4, full: 60), FaultCounts.Of(quick: 6, full: 600));
        await using var mail = new ScriptedSmtpServer { DripEvery = TimeSpan.FromSeconds(FaultCounts.Of(quick: 1, full: 30)) };
        await using var app = await AppHost.StartAsync(
            ("Smtp:Host", "127.0.0.1"), ("Smtp:Port", mail.Port.ToString(CultureInfo.InvariantCulture)), ("Smtp:Security", "None"), ("Webhooks:ConfirmAfter", "01:00:00"));
        await PayAsync(app, "WARM", seconds: 2);

        var without = await PayAsync(app, "CLEAR", before);
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue") == 0, "everything is sent", 60);
        mail.Answer(SmtpStep.Message, ScriptedSmtpServer.Drip);
        var with = await PayAsync(app, "TAR", during);

        var (sent, waiting) = (
            await app.ReadAsync<long>("select count(*) from outbox_overview where order_id like 'TAR-%' and channel = 'whatsapp' and status = 'SENT'"),
            await app.ReadAsync<long>("select count(*) from outbox_overview where order_id like 'TAR-%' and channel = 'email' and status <> 'SENT'"));
        FaultReport.Write("F16", new
        {
            Orders = during * PerSecond,
            MailsStuck = mail.Seen(SmtpStep.Message),
            MailsWaiting = waiting,
            WhatsAppP50MsWithout = without.WhatsApp.P50,
            WhatsAppP50MsWith = with.WhatsApp.P50,
            WhatsAppP99MsWithout = without.WhatsApp.P99,
            WhatsAppP99MsWith = with.WhatsApp.P99,
            WebhookP99MsWithout = without.Webhook.P99,
            WebhookP99MsWith = with.Webhook.P99,
        });

        Assert.True(mail.OpenConnections > 0, "No mail was stuck; the rest proves nothing.");
        Assert.Equal(during * PerSecond, sent);
        Assert.Equal(during * PerSecond, waiting);
        Assert.Equal(0L, await app.ReadAsync<long>("select count(*) from outbox_dead"));
        Assert.InRange(with.WhatsApp.P99, 0, Math.Max(3 * without.WhatsApp.P99, 2_000)); // The machine may be busy; a queue behind the mails would take a minute.
        Assert.InRange(with.Webhook.P99, 0, Math.Max(3 * without.Webhook.P99, 2_000));
    }

    /// <summary>Lets customers pay at a steady pace, and waits until each has a WhatsApp message.</summary>
    private static async Task<(Figures WhatsApp, Figures Webhook)> PayAsync(AppHost app, string prefix, int seconds)
    {
        var orders = Enumerable.Range(1, seconds * PerSecond).Select(number => $"{prefix}-{number}").ToList();
        await Parallel.ForEachAsync(orders, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (order, _) =>
        {
            using var placed = await app.PlaceAsync(AppHost.Order(order));
            Assert.Equal(201, (int)placed.StatusCode);
        });

        var webhooks = new ConcurrentBag<double>();
        var calls = new List<Task>();
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1) / PerSecond);
        foreach (var order in orders)
        {
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            calls.Add(NotifyAsync(app, order, webhooks));
        }

        await Task.WhenAll(calls);
        await AppHost.EventuallyAsync(
            async () => await app.ReadAsync<long>("select count(*) from outbox_queue where channel = 'whatsapp'") == 0, $"every WhatsApp message of {prefix} is sent", 60);
        return (Figures.Of(await WaitsAsync(app, prefix)), Figures.Of(webhooks));
    }

    private static async Task NotifyAsync(AppHost app, string order, ConcurrentBag<double> waits)
    {
        var sent = TimeProvider.System.GetTimestamp();
        var (status, outcome) = await app.NotifyAsync(WebhookHost.News(order, $"t-{order}", "settlement").ToBytes());
        waits.Add(TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds);
        Assert.Equal((200, "applied"), (status, outcome));
    }

    /// <summary>From the commit of each payment to the arrival of its WhatsApp message; the database and the stand-in have the same clock.</summary>
    private static async Task<List<double>> WaitsAsync(AppHost app, string prefix)
    {
        var applied = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("select order_id, processed_at from payment_events where order_id like $1 and outcome = 'applied'", connection) { Parameters = { new() { Value = $"{prefix}-%" } } };
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            applied[reader.GetString(0)] = reader.GetDateTime(1);
        }

        var messages = JsonNode.Parse((await app.Anonymous.AskAsync("/sandbox/api/messages?channel=whatsapp")).Body)!.AsArray();
        return [.. messages
            .Where(message => applied.ContainsKey((string)message!["orderId"]!))
            .Select(message => (DateTimeOffset.Parse((string)message!["at"]!, CultureInfo.InvariantCulture) - new DateTimeOffset(applied[(string)message["orderId"]!])).TotalMilliseconds)];
    }

    private sealed record Figures(double P50, double P99)
    {
        public static Figures Of(IEnumerable<double> waits)
        {
            var ordered = waits.Order().ToList();
            return new Figures(ordered[ordered.Count / 2], ordered[Math.Min(ordered.Count - 1, ordered.Count * 99 / 100)]);
        }
    }
}
