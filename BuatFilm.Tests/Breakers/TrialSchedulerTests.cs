using System.Collections.Concurrent;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Integrations.Resilience;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Breakers;

public sealed class TrialSchedulerTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await MigratedDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task TwoNodes_WhileTheServiceIsDown_SendOneProbeABreak_AndThenCloseOneByOne()
    {
        var asked = new ConcurrentQueue<long>();
        var isDown = true;
        ServiceVerdict Answer()
        {
            asked.Enqueue(TimeProvider.System.GetTimestamp());
            return Volatile.Read(ref isDown) ? ServiceVerdict.Outage : ServiceVerdict.Answered;
        }

        var breakFor = TimeSpan.FromSeconds(1.2);
        await using var one = new BreakerNode(_database.ConnectionString, probe: Answer, breakFor: breakFor);
        await using var two = new BreakerNode(_database.ConnectionString, probe: Answer, breakFor: breakFor);
        await one.StartTrialsAsync();
        await two.StartTrialsAsync();
        await one.OpenAsync();
        await two.OpenAsync();

        await AppHost.EventuallyAsync(() => Task.FromResult(asked.Count >= 4), "the service is tried again and again", 30);
        Volatile.Write(ref isDown, false);
        var whileDown = asked.ToArray();
        await AppHost.EventuallyAsync(() => Task.FromResult(one.Pipeline.State == BreakerState.Closed && two.Pipeline.State == BreakerState.Closed), "both close", 30);

        // Two that do not know of each other would send twice as many.
        for (var probe = 1; probe < whileDown.Length; probe++)
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(whileDown[probe - 1], whileDown[probe]), breakFor * 0.9, TimeSpan.FromMinutes(1));
        }

        Assert.InRange(asked.Count - whileDown.Length, 2, 3);
        Assert.Equal((long)asked.Count, await MigratedDatabase.ReadAsync<long>(_database.ConnectionString, "select trials from service_trials where service = 'smtp'"));
    }

    [Fact]
    public async Task WorkThatWaits_IsTheTrial_AndTheProbeIsNotAsked()
    {
        await AddMailAsync();
        await using var node = new BreakerNode(_database.ConnectionString, probe: () => ServiceVerdict.Outage);
        await node.StartTrialsAsync();
        await node.OpenAsync();

        // As the drain does.
        Assert.True(await node.Wakes.Outbox.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Stop));
        Assert.Equal(1, node.Pipeline.Admits(100));
        Assert.Equal(ServiceVerdict.Answered, (await node.Pipeline.AnswerAsync(ServiceVerdict.Answered)).Verdict);

        Assert.Equal((BreakerState.Closed, 0, 100), (node.Pipeline.State, node.Probe.Asked, node.Pipeline.Admits(100)));
        await AppHost.EventuallyAsync(
            () => MigratedDatabase.ReadAsync<bool>(_database.ConnectionString, "select held_until <= app_now() from service_trials where service = 'smtp'"),
            "the right is given back for the others");
    }

    [Fact]
    public async Task WorkThatDoesNotCome_LeavesTheTrialToTheProbe()
    {
        await AddMailAsync();
        await using var node = new BreakerNode(_database.ConnectionString);
        await node.StartTrialsAsync();
        await node.OpenAsync();

        await AppHost.EventuallyAsync(() => Task.FromResult(node.Pipeline.State == BreakerState.Closed), "the probe closes it");

        Assert.Equal(1, node.Probe.Asked);
    }

    [Fact]
    public async Task QueuedOrders_AreTheWorkBehindMidtrans()
    {
        await TestPostgres.ExecuteAsync(
            _database.ConnectionString,
            """
            insert into orders (order_id, storefront, status, gross_amount, paid_amount, refunded_amount, charged_back_amount, customer_name, customer_email, customer_phone, locale, expires_at, created_at, updated_at)
            values ('A', 's', 'queued', 450000, 0, 0, 0, 'Budi', 'budi@contoh.id', '+628123456789', 'id', app_now() + interval '1 day', app_now(), app_now());
            insert into payment_sessions (midtrans_order_id, order_id, sequence, state, attempts, next_attempt_at, expires_at, created_at)
            values ('A', 'A', 1, 'queued', 1, app_now() - interval '1 s', app_now() + interval '1 day', app_now());
            """);
        await using var node = new BreakerNode(_database.ConnectionString, ExternalService.Midtrans);
        await node.StartTrialsAsync();
        await node.OpenAsync();

        Assert.True(await node.Wakes.Orders.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Stop));

        Assert.Equal(1, node.Pipeline.Admits(4));
    }

    [Fact]
    public async Task Trial_WithoutTheDatabase_IsDecidedAlone()
    {
        await using var node = new BreakerNode(database: null);
        await node.StartTrialsAsync();
        await node.OpenAsync();

        await AppHost.EventuallyAsync(() => Task.FromResult(node.Pipeline.State == BreakerState.Closed), "it is tried all the same");

        Assert.Equal(1, node.Probe.Asked);
    }

    [Fact]
    public async Task Right_OfADeadNode_IsFreed()
    {
        await using var dead = new BreakerNode(_database.ConnectionString);
        await using var living = new BreakerNode(_database.ConnectionString);
        Assert.True((await dead.Rights.TakeAsync(ExternalService.Smtp, TimeSpan.FromMinutes(10), Stop)).IsGranted);
        var refused = await living.Rights.TakeAsync(ExternalService.Smtp, TimeSpan.FromMinutes(10), Stop);
        Assert.False(refused.IsGranted);
        Assert.InRange(refused.HeldFor, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));

        Assert.Equal(1, await living.Rights.ReleaseAsync(dead.Identity.Current!.Value, Stop));

        Assert.True((await living.Rights.TakeAsync(ExternalService.Smtp, TimeSpan.FromMinutes(10), Stop)).IsGranted);
    }

    [Fact]
    public async Task Right_AskedForByTwentyAtOnce_IsGrantedToOne()
    {
        await using var node = new BreakerNode(_database.ConnectionString);
        var nodes = Enumerable.Range(0, 20).Select(_ =>
        {
            var identity = new Admin.Data.LeaseHolder();
            identity.Take(Guid.NewGuid());
            return new Admin.Features.Breakers.TrialRights(node.Databases, identity, Microsoft.Extensions.Logging.Abstractions.NullLogger<Admin.Features.Breakers.TrialRights>.Instance);
        });

        var rights = await Task.WhenAll(nodes.Select(rights => rights.TakeAsync(ExternalService.WhatsApp, TimeSpan.FromMinutes(1), Stop)));

        Assert.Single(rights, right => right is { IsGranted: true, IsShared: true });
        Assert.All(rights, right => Assert.True(right.IsShared));
    }

    private Task AddMailAsync() => TestPostgres.ExecuteAsync(
        _database.ConnectionString,
        """
        with m as (
            insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts) values ('payment_received', 'email', 'budi@contoh.id', 'id', '{}', 8)
            returning id)
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit) select id, 'email', app_now() - interval '1 s', 0, 8 from m
        """);
}
