using System.Collections.Concurrent;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Outbox;

/// <summary>The drain on a real database, with a sender that does what the test says.</summary>
public sealed class OutboxDrainTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Databases _databases = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", _database.ConnectionString)]).Build());
    }

    public async ValueTask DisposeAsync()
    {
        await _databases.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Drain_OfManyMessagesByFourNodes_SendsEachOnce()
    {
        await AddAsync(400);
        var sender = new Sender(_ => DeliveryOutcome.Delivered("p-1"));

        var claimed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Node(sender).RunAsync(Token)));

        Assert.Equal(400, claimed.Sum());
        Assert.Equal(400, sender.Sent.Count);
        Assert.Equal(400, sender.Sent.Distinct().Count());
        Assert.Equal(400L, await ReadAsync<long>("select count(*) from notification_attempts where result = 'delivered' and provider_id = 'p-1'"));
        Assert.Equal(400L, await ReadAsync<long>("select count(*) from outbox_overview where status = 'SENT' and sent_at is not null"));
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from outbox_queue"));
    }

    [Fact]
    public async Task Failure_IsTriedAgainLater_AndDeadLettersWhenTheAttemptsAreUsedUp()
    {
        await AddAsync(1, maxAttempts: 3);
        var node = Node(new Sender(_ => new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Answered, "450", "busy")));

        await node.RunAsync(Token);
        Assert.Equal("RETRYING", await StatusAsync());
        Assert.Equal(0, await node.RunAsync(Token)); // Not due yet.

        await MoveAsync(TimeSpan.FromHours(5));
        await node.RunAsync(Token);
        await MoveAsync(TimeSpan.FromHours(10));
        await node.RunAsync(Token);

        Assert.Equal("DLQ", await StatusAsync());
        Assert.Equal("attempts_used_up", await ReadAsync<string>("select cause from outbox_dead"));
        Assert.Equal("1:450,2:450,3:450", await ReadAsync<string>("select string_agg(attempt || ':' || code, ',' order by attempt) from notification_attempts"));
    }

    [Fact]
    public async Task Refusal_DeadLettersAtOnce_AndTheOthersGoOn()
    {
        await AddAsync(10);
        var node = Node(new Sender(message => message.Id % 5 == 0 ? new DeliveryOutcome(DeliveryResult.Refused, ServiceVerdict.Answered, "550", "No such mailbox\0") : DeliveryOutcome.Delivered()));

        await node.RunAsync(Token);

        Assert.Equal(2L, await ReadAsync<long>("select count(*) from outbox_dead where cause = 'refused'"));
        Assert.Equal(8L, await ReadAsync<long>("select count(*) from outbox_overview where status = 'SENT'"));
    }

    [Fact]
    public async Task WhatWasNotTried_CostsNoAttempt()
    {
        await AddAsync(1, maxAttempts: 1);
        var tried = 0;
        var node = Node(new Sender(_ => ++tried <= 3 ? new DeliveryOutcome(DeliveryResult.NotTried, ServiceVerdict.NotCalled, "breaker_open", RetryAfter: TimeSpan.FromMinutes(2)) : DeliveryOutcome.Delivered()));

        for (var round = 0; round < 4; round++)
        {
            await MoveAsync(TimeSpan.FromMinutes(5 * round));
            Assert.Equal(1, await node.RunAsync(Token));
        }

        Assert.Equal("SENT", await StatusAsync());
        Assert.Equal(1L, await ReadAsync<long>("select count(*) from notification_attempts"));
    }

    [Fact]
    public async Task OpenBreaker_ClaimsNothing_AndTheTrialClaimsOne()
    {
        await AddAsync(20);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var pipelines = Pipelines(time);
        for (var call = 0; call < 5; call++)
        {
            await pipelines[ExternalService.Smtp].ExecuteAsync(_ => Task.FromResult(new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Outage)), _ => Refused, () => Refused, Token);
        }

        Assert.Equal(BreakerState.Open, pipelines[ExternalService.Smtp].State);
        var sender = new Sender(message => pipelines[ExternalService.Smtp].ExecuteAsync(_ => Task.FromResult(DeliveryOutcome.Delivered()), _ => Refused, () => Refused, Token).Result);
        var node = Node(sender, pipelines, time);

        Assert.Equal(0, await node.RunAsync(Token));
        Assert.Equal(0L, await ReadAsync<long>("select count(*) from outbox_queue where attempt > 0"));

        time.Advance(TimeSpan.FromSeconds(121));
        Assert.Equal(1, pipelines[ExternalService.Smtp].Admits(100));
        Assert.Equal(20, await node.RunAsync(Token));
        Assert.Equal(20, sender.Sent.Count);
    }

    [Fact]
    public async Task Outage_CostsNoAttempt_AndWhatStalledGoesOutAtTheReturn_WhileAGreylistedMailKeepsItsWait()
    {
        await AddAsync(12, maxAttempts: 1);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var pipelines = Pipelines(time);
        var down = true;
        var greylisted = new DeliveryOutcome(DeliveryResult.NotTried, ServiceVerdict.Answered, "450", RetryAfter: TimeSpan.FromMinutes(5));
        var sender = new Sender(message => message.Id == 1 ? greylisted : pipelines[ExternalService.Smtp].ExecuteAsync(
            _ => Task.FromResult(down ? new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Outage, "421") : DeliveryOutcome.Delivered()),
            retryAfter => Refused with { RetryAfter = retryAfter },
            () => Refused,
            Token).Result);
        var node = Node(sender, pipelines, time);

        await node.RunAsync(Token);
        Assert.Equal(BreakerState.Open, pipelines[ExternalService.Smtp].State);
        Assert.Equal(12L, await ReadAsync<long>("select count(*) from outbox_queue where lease_owner is null"));
        Assert.Equal(11L, await ReadAsync<long>("select count(*) from outbox_queue where is_stalled"));
        Assert.Equal(0, await ReadAsync<int>("select max(attempt_count) from outbox_overview"));
        Assert.True(await ReadAsync<long>("select count(*) from notification_attempts where code = '421'") >= 5);

        // One message is due, for the trial; the others wait for up to two minutes on the database's clock, which stands still.
        down = false;
        time.Advance(TimeSpan.FromSeconds(121));
        await TestPostgres.ExecuteAsync(_database.ConnectionString, "update outbox_queue set due_at = app_now() where message_id = 12");
        await node.RunAsync(Token);

        Assert.Equal(BreakerState.Closed, pipelines[ExternalService.Smtp].State);
        Assert.Equal(11L, await ReadAsync<long>("select count(*) from outbox_overview where status = 'SENT'"));
        Assert.Equal("1 RETRYING", await ReadAsync<string>("select id || ' ' || status from outbox_overview where status <> 'SENT'"));
        Assert.True(await ReadAsync<bool>("select due_at > app_now() + interval '4 minutes' from outbox_queue"));
    }

    [Fact]
    public async Task WhatAnOutageLeftToADeadProcess_GoesOutAtTheNextStart()
    {
        await AddAsync(3);
        await TestPostgres.ExecuteAsync(_database.ConnectionString, "update outbox_queue set due_at = app_now() + interval '1 hour', is_stalled = message_id > 1");
        var sender = new Sender(_ => DeliveryOutcome.Delivered());

        await Node(sender).RunAsync(Token);

        Assert.Equal([2, 3], sender.Sent.Order());
    }

    [Fact]
    public async Task Stop_LetsWhatIsUnderWayEnd_AndGivesBackWhatWasNotBegun()
    {
        await AddAsync(20);
        using var stop = new CancellationTokenSource();
        var sender = new Sender(_ =>
        {
            stop.Cancel();
            return DeliveryOutcome.Delivered();
        });

        await Node(sender).RunAsync(stop.Token);

        Assert.InRange(sender.Sent.Count, 1, 8);
        Assert.Equal((long)sender.Sent.Count, await ReadAsync<long>("select count(*) from outbox_overview where status = 'SENT'"));
        Assert.Equal(20L - sender.Sent.Count, await ReadAsync<long>("select count(*) from outbox_queue where lease_owner is null and due_at <= app_now() + interval '1 second'"));
        Assert.Equal(0, await ReadAsync<int>("select max(attempt_count) from outbox_overview"));
    }

    [Fact]
    public async Task LeaseThatRanOut_IsFencedOff()
    {
        await AddAsync(1);
        var queue = new OutboxQueue(_databases.Workers);
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var old = (await queue.ClaimAsync(Channel.Email, DateTimeOffset.MinValue, 10, first, TimeSpan.FromSeconds(30), Token)).Single();
        Assert.Empty(await queue.ClaimAsync(Channel.Email, DateTimeOffset.MinValue, 10, second, TimeSpan.FromSeconds(30), Token));

        await MoveAsync(TimeSpan.FromSeconds(31));
        var taken = (await queue.ClaimAsync(Channel.Email, DateTimeOffset.MinValue, 10, second, TimeSpan.FromSeconds(30), Token)).Single();

        Assert.Empty(await queue.CompleteAsync([Ended(old)], first, Token));
        Assert.Single(await queue.CompleteAsync([Ended(taken)], second, Token));
        Assert.Equal(2, taken.Message.Attempt);
        Assert.Equal(1L, await ReadAsync<long>("select count(*) from notification_attempts"));
    }

    [Fact]
    public async Task DeadNodesLeases_AreFreedAtOnce()
    {
        await AddAsync(3);
        var queue = new OutboxQueue(_databases.Workers);
        var dead = Guid.NewGuid();
        await queue.ClaimAsync(Channel.Email, DateTimeOffset.MinValue, 10, dead, TimeSpan.FromMinutes(10), Token);

        Assert.Equal(3, await queue.ReleaseAsync(dead, Token));
        Assert.Equal(3, await Node(new Sender(_ => DeliveryOutcome.Delivered())).RunAsync(Token));
    }

    [Fact]
    public async Task MessageThatTakesItsProcessDown_IsDeadInTheEnd()
    {
        await AddAsync(1, maxAttempts: 2);
        var queue = new OutboxQueue(_databases.Workers);
        for (var death = 1; death <= 2; death++)
        {
            await queue.ClaimAsync(Channel.Email, DateTimeOffset.MinValue, 10, Guid.NewGuid(), TimeSpan.FromSeconds(30), Token);
            await MoveAsync(TimeSpan.FromMinutes(death));
        }

        var sender = new Sender(_ => DeliveryOutcome.Delivered());
        await Node(sender).RunAsync(Token);

        Assert.Empty(sender.Sent);
        Assert.Equal("DLQ", await StatusAsync());
    }

    [Fact]
    public async Task SenderThatThrows_CountsAsAFailure_AndDoesNotStopTheChannel()
    {
        await AddAsync(5);
        var sender = new Sender(message => message.Id == 3 ? throw new InvalidOperationException("a bug") : DeliveryOutcome.Delivered());

        await Node(sender).RunAsync(Token);

        Assert.Equal(4L, await ReadAsync<long>("select count(*) from outbox_overview where status = 'SENT'"));
        Assert.Equal("internal", await ReadAsync<string>("select code from notification_attempts where message_id = 3"));
    }

    [Fact]
    public async Task RowCommittedLate_WithAnEarlierDueTime_IsFoundInTheSameBurst()
    {
        await AddAsync(150);
        await using var late = await _databases.Workers.OpenConnectionAsync(Token);
        await using var transaction = await late.BeginTransactionAsync(Token);
        await using (var insert = late.CreateCommand())
        {
            insert.CommandText = Insert.Replace("$1", "1", StringComparison.Ordinal).Replace("$2", "8", StringComparison.Ordinal).Replace("$3", "interval '1 hour'", StringComparison.Ordinal);
            await insert.ExecuteNonQueryAsync(Token);
        }

        var sender = new Sender(_ =>
        {
            if (transaction.Connection is not null)
            {
                lock (transaction)
                {
                    if (transaction.Connection is not null)
                    {
                        transaction.Commit();
                    }
                }
            }

            return DeliveryOutcome.Delivered();
        });

        Assert.Equal(151, await Node(sender).RunAsync(Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DeliveryOutcome Refused { get; } = new(DeliveryResult.NotTried, ServiceVerdict.NotCalled, "breaker_open");

    private const string Insert = """
        with m as (
            insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts)
            select 'payment_received', 'email', 'budi@contoh.id', 'id', '{}', $2 from generate_series(1, $1)
            returning id, channel, max_attempts)
        insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
        select id, channel, app_now() - $3, 0, max_attempts from m
        """;

    private async Task AddAsync(int count, int maxAttempts = 8)
    {
        await using var command = _databases.Workers.CreateCommand(Insert);
        command.Parameters.Add(new() { Value = count });
        command.Parameters.Add(new() { Value = maxAttempts });
        command.Parameters.Add(new() { Value = TimeSpan.FromSeconds(1) });
        await command.ExecuteNonQueryAsync(Token);
    }

    private Task MoveAsync(TimeSpan ahead) => MigratedDatabase.MoveClockAsync(_database.ConnectionString, ahead);

    private Task<T> ReadAsync<T>(string sql) => MigratedDatabase.ReadAsync<T>(_database.ConnectionString, sql);

    private Task<string> StatusAsync() => ReadAsync<string>("select status from outbox_overview");

    private static Completion Ended(ClaimedMessage claimed) => new(claimed, DeliveryOutcome.Delivered(), new DeliveryDecision(DeliveryFate.Sent, TimeSpan.Zero, null));

    private static ServicePipelines Pipelines(TimeProvider time) => new(Options.Create(new BreakersOptions()), time);

    private OutboxDrain Node(IMessageSender sender, ServicePipelines? pipelines = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var identity = new LeaseHolder();
        identity.Take(Guid.NewGuid());
        return new OutboxDrain(sender, new OutboxQueue(_databases.Workers), pipelines ?? Pipelines(time), identity, new StatusBoard(NodeIdentity.OfThisProcess(time), time, NullLogger<StatusBoard>.Instance), Options.Create(new OutboxOptions()), time, NullLogger<OutboxDrain>.Instance);
    }

    private sealed class Sender(Func<OutboundMessage, DeliveryOutcome> send) : IMessageSender
    {
        public ConcurrentBag<long> Sent { get; } = [];

        public Channel Channel => Channel.Email;

        public ExternalService? Service => ExternalService.Smtp;

        public Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        {
            var outcome = send(message);
            Sent.Add(message.Id);
            return Task.FromResult(outcome);
        }
    }
}
