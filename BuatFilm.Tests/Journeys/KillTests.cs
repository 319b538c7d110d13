using System.Net;
using BuatFilm.Tests.Faults;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Journeys;

/// <summary>The process is killed at a chosen moment, and started again on what it left.</summary>
[Collection(ProcessTests.Name)]
public sealed class KillTests(MigratedCluster cluster)
{
    [Fact]
    public async Task Kill_AfterTheOrderWasAnswered_KeepsTheOrderAndItsAnswer()
    {
        await using var app = new AppProcess(cluster);
        await app.StartAsync();
        var first = await app.PlaceAsync("KILL-PLACED");

        app.Kill();
        Assert.True(await app.HasPostgresAsync()); // It outlives its app, and the next start goes on with it.
        await app.StartAsync();

        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal("awaiting_payment", await app.StatusOfAsync("KILL-PLACED"));
        Assert.Equal(first, await app.PlaceAsync("KILL-PLACED"));
        Assert.Equal(HttpStatusCode.Accepted, await app.PayAsync("KILL-PLACED"));
        await app.PaidAndToldAsync("KILL-PLACED");
        Assert.Equal(["email", "whatsapp"], await app.ToldByAsync("KILL-PLACED"));
    }

    [Fact]
    public async Task Kill_WhileTheNotificationIsBeingApplied_AppliesItOnce()
    {
        await using var app = new AppProcess(cluster);
        await app.StartAsync();
        await app.PlaceAsync("KILL-PAID");

        // Held, the order's row keeps the notification's statement waiting in the database, whose answer nobody will read.
        await using var other = new NpgsqlConnection(app.ConnectionString);
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var held = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("select 1 from orders where order_id = 'KILL-PAID' for update", other))
        {
            Assert.Equal(1, await hold.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(HttpStatusCode.Accepted, await app.PayAsync("KILL-PAID"));
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from pg_locks where not granted") > 0, "the notification waits for the order");
        app.Kill();
        await held.RollbackAsync(TestContext.Current.CancellationToken);
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from pg_stat_activity where application_name = 'buatfilm-api'") == 0, "the dead process' statements end");
        var statusWhileDead = await app.ReadAsync<string>("select status from orders where order_id = 'KILL-PAID'");

        await app.StartAsync();
        await app.PaidAndToldAsync("KILL-PAID");

        FaultReport.Write("kill while a notification is applied", new { StatusWhileDead = statusWhileDead });
        Assert.Equal("email,whatsapp", await app.ReadAsync<string>("select string_agg(channel, ',' order by channel) from notification_outbox where order_id = 'KILL-PAID'"));
        Assert.Equal(["email", "whatsapp"], await app.ToldByAsync("KILL-PAID"));
    }

    [Fact]
    public async Task Kill_RightAfterThePayment_PaysTheOrderAndTellsTheCustomerOnce()
    {
        await using var app = new AppProcess(cluster);
        await app.StartAsync();
        await app.PlaceAsync("KILL-202");

        Assert.Equal(HttpStatusCode.Accepted, await app.PayAsync("KILL-202"));
        app.Kill();
        await app.StartAsync();

        var first = await app.PaidAndToldAsync("KILL-202");
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue") == 0, "the mail is marked", 20);
        var mails = await app.MailsAsync("KILL-202");
        FaultReport.Write("kill right after the payment", new { Doubles = mails.Length - 1 });

        // A second one only if it died between the mail server's word and its own mark; the same message then, to be seen as such.
        Assert.All(mails, mail => Assert.Equal((string?)first["messageId"], (string?)mail["messageId"]));
        Assert.InRange(mails.Length, 1, 2);
        Assert.InRange((await app.MessagesAsync("KILL-202")).Length - mails.Length, 1, 2);
    }

    [Fact]
    public async Task Kill_WhileTheMailIsUnderWay_SendsItFromTheNextStartWithinSeconds()
    {
        await using var app = new AppProcess(cluster);
        await app.StartAsync();
        await app.PlaceAsync("KILL-MAIL");
        await app.FaultAsync("smtp", "hang");
        Assert.Equal(HttpStatusCode.Accepted, await app.PayAsync("KILL-MAIL"));
        await AppHost.EventuallyAsync(async () => await LeasedAsync(app) == 1, "the mail is under way");

        app.Kill();
        Assert.Equal(1, await LeasedAsync(app)); // It died while it held the mail.
        var start = await app.StartAsync();
        await app.FaultAsync("smtp", "ok");
        var ready = TimeProvider.System.GetTimestamp();
        await app.PaidAndToldAsync("KILL-MAIL", seconds: 60);
        var recovery = TimeProvider.System.GetElapsedTime(ready);

        FaultReport.Write("kill while a mail is under way", new { StartSeconds = start.TotalSeconds, MailAfterReadySeconds = recovery.TotalSeconds });
        Assert.InRange(recovery, TimeSpan.Zero, TimeSpan.FromSeconds(30)); // The lease itself is 90 s.
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue") == 0, "the mail is marked");
        Assert.Equal(2, await app.ReadAsync<int>("select max(a.attempt) from notification_attempts a join notification_outbox m on m.id = a.message_id where m.channel = 'email'"));
        Assert.Single(await app.MailsAsync("KILL-MAIL"));
    }

    [Fact]
    public async Task Kill_WhileMidtransIsAsked_TheKeyGetsItsFinalAnswer_ThoughNobodyAsksAgain()
    {
        await using var app = new AppProcess(cluster);
        await app.StartAsync();
        await app.FaultAsync("midtrans", "hang");
        var lost = app.PlaceAsync("KILL-ASKED");
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from payment_sessions where order_id = 'KILL-ASKED' and lease_owner is not null") == 1, "Midtrans is asked");

        app.Kill();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => lost);
        Assert.Equal("running", await app.ReadAsync<string>("select state from idempotency_store where key = 'KILL-ASKED'"));
        await app.StartAsync();
        await MigratedDatabase.MoveClockAsync(app.ConnectionString, TimeSpan.FromMinutes(2)); // The leases are over, and so is the patience with the client.
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<string>("select state from idempotency_store where key = 'KILL-ASKED'") == "done", "the key has its answer", 60);
        await AppHost.EventuallyAsync(async () => await app.StatusOfAsync("KILL-ASKED") == "awaiting_payment", "the order has its page", 30);

        var (status, body) = await app.PlaceAsync("KILL-ASKED");
        Assert.True(status is HttpStatusCode.Created or HttpStatusCode.Accepted, $"{status} {body}");
        Assert.Contains("KILL-ASKED", body, StringComparison.Ordinal);
        Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from payment_sessions where order_id = 'KILL-ASKED'"));
        Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from notification_outbox where order_id = 'KILL-ASKED' and channel = 'email'"));
    }

    private static async Task<long> LeasedAsync(AppProcess app) => await app.ReadAsync<long>("select count(*) from outbox_queue where lease_owner is not null and channel = 'email'");
}
