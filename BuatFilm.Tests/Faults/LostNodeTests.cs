using System.Net;
using BuatFilm.Admin.Data;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BuatFilm.Tests.Faults;

/// <summary>A node that dies or loses its database session: others take over, and it begins nothing without one.</summary>
[Collection(LongProcessTests.Name)]
public sealed class LostNodeTests
{
    private const string Leased = "select count(*) from outbox_queue where lease_owner is not null and channel = 'email'";

    [Fact]
    public async Task Node_Killed_LeavesItsMailToTheOtherWithinSeconds()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var one = new AppProcess(null, ("ConnectionStrings:BuatFilm", database.ConnectionString));
        await using var two = new AppProcess(null, ("ConnectionStrings:BuatFilm", database.ConnectionString));
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        await Task.WhenAll(one.FaultAsync("smtp", "hang"), two.FaultAsync("smtp", "hang"));
        await one.PlaceAsync("NODE-1");
        Assert.Equal(HttpStatusCode.Accepted, await one.PayAsync("NODE-1"));
        await AppHost.EventuallyAsync(async () => await one.ReadAsync<long>(Leased) == 1, "the mail is under way");

        // Either may have claimed it.
        var owner = await one.ReadAsync<Guid>("select lease_owner from outbox_queue where channel = 'email'");
        var processId = await one.ReadAsync<int>("select process_id from node_status where node_id = $1", owner);
        var (victim, other) = processId == one.Id ? (one, two) : (two, one);
        Assert.Equal(victim.Id, processId);
        await other.FaultAsync("smtp", "ok");
        Assert.Equal(owner, await one.ReadAsync<Guid>("select lease_owner from outbox_queue where channel = 'email'")); // It dies with the mail in its hands.
        var killed = TimeProvider.System.GetTimestamp();
        victim.Kill();

        await AppHost.EventuallyAsync(async () => await other.ReadAsync<long>("select count(*) from outbox_queue where lease_owner = $1 and channel = 'email'", owner) == 0, "the lease is freed");
        var freed = TimeProvider.System.GetElapsedTime(killed);
        await AppHost.EventuallyAsync(async () => (await other.MailsAsync("NODE-1")).Length > 0, "the other node sends the mail");
        var sent = TimeProvider.System.GetElapsedTime(killed);

        FaultReport.Write("a node dies", new { FreedSeconds = freed.TotalSeconds, SentSeconds = sent.TotalSeconds });
        // By the lost lock, long before the lease of more than a minute would end.
        Assert.InRange(freed, TimeSpan.Zero, TimeSpan.FromSeconds(25));
        Assert.InRange(sent - freed, TimeSpan.Zero, TimeSpan.FromSeconds(25));
        Assert.Single(await other.MailsAsync("NODE-1"));
    }

    [Fact]
    public async Task Node_WithoutItsSession_ClaimsNothingUntilItHasANewOne()
    {
        var rounds = FaultCounts.Of(quick: 2, full: 20);
        await using var app = await AppHost.StartAsync();
        var holder = app.Services.GetRequiredService<LeaseHolder>();
        await AppHost.EventuallyAsync(() => Task.FromResult(holder.Current is not null), "the node has a session");

        for (var round = 0; round < rounds; round++)
        {
            var former = holder.Current;
            var orderId = $"SESSION-{round}";
            using var placed = await app.PlaceAsync(AppHost.Order(orderId));
            Assert.Equal(HttpStatusCode.Created, placed.StatusCode);

            Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'buatfilm-node' and datname = current_database()) t"));
            await AppHost.EventuallyAsync(() => Task.FromResult(holder.Current is null), "the node notices");
            await QueueAsync(app, orderId);
            var ended = TimeProvider.System.GetTimestamp();
            while (holder.Current is null)
            {
                var leased = await app.ReadAsync<long>(Leased);
                Assert.True(leased == 0 || holder.Current is not null, "It claimed a mail without a session.");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            var without = TimeProvider.System.GetElapsedTime(ended);
            Assert.NotEqual(former, holder.Current);
            await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue") == 0, "the mail is sent with the new session", 30);
            FaultReport.Write("a node loses its session", new { Round = round, WithoutSeconds = without.TotalSeconds, SentSeconds = TimeProvider.System.GetElapsedTime(ended).TotalSeconds });
            Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from notification_attempts a join notification_outbox m on m.id = a.message_id where m.order_id = $1", orderId));
        }
    }

    [Fact]
    public async Task Outbox_WithoutHangfire_IsSweptByThePump()
    {
        await using var app = await AppHost.StartAsync();
        using var placed = await app.PlaceAsync(AppHost.Order("NO-HANGFIRE"));
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);

        await DropHangfireAsync(app);
        var dropped = TimeProvider.System.GetTimestamp();
        await QueueAsync(app, "NO-HANGFIRE"); // Nobody wakes the pump for it.
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue") == 0, "the pump sweeps", 40);
        var swept = TimeProvider.System.GetElapsedTime(dropped);

        FaultReport.Write("F32", new { SweptSeconds = swept.TotalSeconds });
        Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from alerts where kind = 'hangfire_not_sweeping' and resolved_at is null"));
        Assert.Equal(1L, await app.ReadAsync<long>("select count(*) from notification_attempts where result = 'delivered'"));
        Assert.InRange(swept, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)); // Sooner, and Hangfire did it after all.
        using var health = await app.Anonymous.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    /// <summary>Takes Hangfire's tables away while it works in them; whoever loses the deadlock that may come of it, in the end they are gone.</summary>
    private static Task DropHangfireAsync(AppHost app) => AppHost.EventuallyAsync(
        async () =>
        {
            try
            {
                await TestPostgres.ExecuteAsync(app.ConnectionString, "drop schema hangfire cascade");
                return true;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                return false;
            }
        },
        "Hangfire's schema is dropped");

    /// <summary>Queues a mail as a commit of another node would: nothing in this process hears of it.</summary>
    private static Task QueueAsync(AppHost app, string orderId) => TestPostgres.ExecuteAsync(
        app.ConnectionString,
        $$"""
        with message as (
            insert into notification_outbox (order_id, kind, channel, recipient, locale, data, max_attempts)
            select order_id, 'payment_received', 'email', customer_email, locale,
                   jsonb_build_object('orderId', order_id, 'customerName', customer_name, 'grossAmount', gross_amount::text,
                                      'paidAt', '2026-01-02T03:04:05Z', 'paymentMethod', 'qris', 'items', '[]'), 3
            from orders where order_id = '{{orderId}}'
            returning id)
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit) select id, 'email', app_now(), 0, 3 from message
        """);
}
