using System.Collections.Concurrent;
using System.Globalization;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Breakers;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Faults;

/// <summary>F17: ten minutes without a mail server, in the seconds that a moved clock needs. Two nodes, the real drain, breaker and database.</summary>
public sealed class MailOutageTests : IAsyncLifetime
{
    private const int Nodes = 2;

    /// <summary>Trial calls in the whole cluster for each end of a break.</summary>
    private const int TrialsPerReset = 1;

    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>As in Development, where everything is to be delivered within a minute of the return.</summary>
    private static readonly BreakerOptions Breaker = new() { AttemptTimeout = TimeSpan.FromSeconds(75), FailureRatio = 0.6, SamplingDuration = TimeSpan.FromSeconds(150), BreakDuration = TimeSpan.FromSeconds(10), MaxBreakDuration = TimeSpan.FromSeconds(30) };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 1, 0, 0, TimeSpan.Zero));
    private readonly long _realStart = TimeProvider.System.GetTimestamp();
    private readonly DateTimeOffset _virtualStart;
    private readonly MailServer _server;
    private TestDatabase _database = null!;
    private Databases _databases = null!;
    private Node[] _nodes = [];

    public MailOutageTests()
    {
        _virtualStart = _time.GetUtcNow();
        _server = new MailServer(_time);
    }

    private TimeSpan Elapsed => _time.GetUtcNow() - _virtualStart;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", _database.ConnectionString)]).Build());
        _nodes = [.. Enumerable.Range(0, Nodes).Select(_ => new Node(_databases, _server, _time))];
        foreach (var node in _nodes)
        {
            await node.Trials.StartAsync(Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _databases.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task MailServerAwayForTenMinutes_LosesNothingBurnsNothingAndDrainsWithinAMinute()
    {
        var perSecond = FaultCounts.Of(quick: 1, full: 10);
        var messages = 0;
        var burned = 0L;
        _server.IsDown = true;
        while (Elapsed < Outage)
        {
            await AddAsync(perSecond);
            messages += perSecond;
            await SweepForASecondAsync();
            if ((int)Elapsed.TotalSeconds % 20 == 0)
            {
                burned = Math.Max(burned, await BurnedAsync());
            }
        }

        Assert.Equal((long)messages, await ReadAsync<long>("select count(*) from outbox_queue"));
        var duringOutage = _server.Calls.ToArray();
        _server.IsDown = false;
        while (await ReadAsync<long>("select count(*) from outbox_queue") > 0)
        {
            Assert.True(Elapsed < Outage + TimeSpan.FromMinutes(5), "It does not drain.");
            await SweepForASecondAsync();
        }

        var drained = Elapsed - Outage;
        var dead = await ReadAsync<long>("select count(*) from outbox_dead");
        var trials = duringOutage.Where(call => call.State == BreakerState.HalfOpen).Select(call => call.At).Order().ToArray();
        var perReset = trials.DefaultIfEmpty().Max(start => trials.Count(at => at >= start && at - start < Breaker.BreakDuration * 0.9));
        FaultReport.Write("F17", new
        {
            Nodes,
            Messages = messages,
            DeadLetters = dead,
            AttemptsBurned = burned,
            CallsDuringOutage = duringOutage.Length,
            Trials = trials.Length,
            TrialsPerReset = perReset,
            DrainSeconds = Math.Round(drained.TotalSeconds, 1),
            MostAtOnceInTheFirstSecond = _server.MostAtOnce(_server.FirstDelivery, TimeSpan.FromSeconds(0.9)),
        });

        Assert.Equal(0, dead);
        Assert.Equal(0, burned);
        Assert.Equal(messages, _server.Delivered.Count);
        Assert.Equal(messages, _server.Delivered.Distinct().Count());
        Assert.Equal((long)duringOutage.Length, await ReadAsync<long>("select count(*) from notification_attempts where result = 'failed' and code = '421'")); // Nothing burned, and everything told.
        Assert.True(trials.Length > 0, "Nobody ever tried whether it is back.");
        Assert.InRange(perReset, 1, TrialsPerReset);
        Assert.InRange(drained, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.InRange(_server.MostAtOnce(_server.FirstDelivery, TimeSpan.FromSeconds(0.9)), 1, 2 * Nodes); // It comes back to a few, not to all.
    }

    [Fact]
    public async Task MailServerThatFailsTooSeldomForTheBreaker_BurnsNoAttemptEither()
    {
        await AddAsync(3);
        _server.IsDown = true;

        // Three messages are three failures, and the breaker wants five: every one of them must come from the messages' own waits.
        for (var round = 0; round < 3; round++)
        {
            await WhileTimePassesAsync(Task.WhenAll(_nodes.Select(node => Task.Run(() => node.Drain.RunAsync(Token), Token))));
            _server.IsDown = false;
            await WhileTimePassesAsync(Task.WhenAll(_nodes.Select(node => node.CallAsync()))); // A success in between.
            _server.IsDown = true;
            await MoveAsync(TimeSpan.FromHours(round + 1));
        }

        Assert.Equal(0, await BurnedAsync());
        Assert.True(await ReadAsync<long>("select count(*) from notification_attempts where result = 'failed'") >= 6);
        Assert.Equal(3L, await ReadAsync<long>("select count(*) from outbox_queue where is_stalled"));
    }

    /// <summary>A second of the cluster: every node sweeps, as a commit would have it, and time goes on while they send.</summary>
    private async Task SweepForASecondAsync()
    {
        await MoveAsync(Elapsed - TimeProvider.System.GetElapsedTime(_realStart));
        var end = _time.GetUtcNow() + TimeSpan.FromSeconds(1);
        foreach (var node in _nodes)
        {
            node.Sweep(Token);
        }

        while (_time.GetUtcNow() < end)
        {
            await QuietAsync();
            _time.Advance(Step);
        }

        foreach (var failed in _nodes.Select(node => node.Running).Where(running => running.IsFaulted))
        {
            await failed;
        }
    }

    /// <summary>A second of the cluster at the least, and until the work is done: it waits for a time that only this moves.</summary>
    private async Task WhileTimePassesAsync(Task work)
    {
        var end = _time.GetUtcNow() + TimeSpan.FromSeconds(1);
        while (!work.IsCompleted || _time.GetUtcNow() < end)
        {
            await QuietAsync();
            _time.Advance(Step);
        }

        await work;
    }

    /// <summary>Waits until nobody is at the database any more: time may go on only when everybody waits for it.</summary>
    private async Task QuietAsync()
    {
        var (seen, quiet) = (-1, 0);
        while (quiet < 2 && _nodes.Any(node => !node.Running.IsCompleted) || _server.Sleeping != seen)
        {
            quiet = _server.Sleeping == seen ? quiet + 1 : 0;
            seen = _server.Sleeping;
            await Task.Delay(1, Token);
        }
    }

    private async Task AddAsync(int count)
    {
        await using var command = _databases.Workers.CreateCommand(
            """
            with m as (
                insert into notification_outbox (kind, channel, recipient, locale, data, max_attempts, created_at)
                select 'payment_received', 'email', 'budi@contoh.id', 'id', '{}', 8, app_now() from generate_series(1, $1)
                returning id, channel, max_attempts, created_at)
            insert into outbox_queue (message_id, channel, due_at, attempt, attempt_limit)
            select id, channel, created_at, 0, max_attempts from m
            """);
        command.Parameters.Add(new() { Value = count });
        await command.ExecuteNonQueryAsync(Token);
    }

    private Task<long> BurnedAsync() => ReadAsync<long>(
        "select coalesce(sum(greatest(0, q.attempt - (q.attempt_limit - m.max_attempts))), 0)::bigint from outbox_queue q join notification_outbox m on m.id = q.message_id where q.lease_owner is null");

    private Task MoveAsync(TimeSpan ahead) => MigratedDatabase.MoveClockAsync(_database.ConnectionString, ahead);

    private Task<T> ReadAsync<T>(string sql) => MigratedDatabase.ReadAsync<T>(_database.ConnectionString, sql);

    /// <summary>What of a node delivers mail.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly ServicePipelines _pipelines;
        private readonly MailServer _server;

        public Node(Databases databases, MailServer server, FakeTimeProvider time)
        {
            _server = server;
            _pipelines = new ServicePipelines(Options.Create(new BreakersOptions { Smtp = Breaker }), time);
            var identity = new LeaseHolder();
            identity.Take(Guid.NewGuid());
            Trials = new TrialScheduler(
                _pipelines,
                new TrialRights(databases, identity, NullLogger<TrialRights>.Instance),
                [],
                new FixedOptions<MidtransOptions>(new MidtransOptions()),
                new Wakes(),
                time,
                NullLogger<TrialScheduler>.Instance);
            Drain = new OutboxDrain(
                new Sender(_pipelines[ExternalService.Smtp], server),
                new OutboxQueue(databases.Workers),
                _pipelines,
                identity,
                new StatusBoard(NodeIdentity.OfThisProcess(time), time, NullLogger<StatusBoard>.Instance),
                Options.Create(new OutboxOptions { Backoff = { Base = TimeSpan.FromSeconds(3), Cap = TimeSpan.FromSeconds(30) } }),
                time,
                NullLogger<OutboxDrain>.Instance);
        }

        public OutboxDrain Drain { get; }

        public Task Running { get; private set; } = Task.CompletedTask;

        /// <summary>Grants the cluster's trial calls. Waiting work gets them; there is no probe.</summary>
        public TrialScheduler Trials { get; }

        public void Sweep(CancellationToken cancellationToken)
        {
            if (Running.IsCompleted)
            {
                Running = Task.Run(() => Drain.RunAsync(cancellationToken), cancellationToken);
            }
        }

        public Task<DeliveryOutcome> CallAsync() => Sender.CallAsync(_pipelines[ExternalService.Smtp], _server, 0, Token);

        public async ValueTask DisposeAsync()
        {
            await Trials.StopAsync(CancellationToken.None);
            Trials.Dispose();
            Drain.Dispose();
        }
    }

    private sealed class Sender(ServicePipeline pipeline, MailServer server) : IMessageSender
    {
        public Channel Channel => Channel.Email;

        public ExternalService? Service => ExternalService.Smtp;

        public Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => CallAsync(pipeline, server, message.Id, cancellationToken);

        public static Task<DeliveryOutcome> CallAsync(ServicePipeline pipeline, MailServer server, long id, CancellationToken cancellationToken) => pipeline.ExecuteAsync(
            token => server.TakeAsync(id, pipeline.State, token),
            retryAfter => new DeliveryOutcome(DeliveryResult.NotTried, ServiceVerdict.NotCalled, "breaker_open", RetryAfter: retryAfter),
            () => new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Outage, "timeout"),
            cancellationToken);
    }

    /// <summary>Takes a mail in 50 ms of its own time, or refuses everybody.</summary>
    private sealed class MailServer(FakeTimeProvider time)
    {
        private readonly ConcurrentQueue<(DateTimeOffset At, int AtOnce)> _load = new();
        private int _sleeping;

        public bool IsDown { get; set; }

        public ConcurrentQueue<(DateTimeOffset At, BreakerState State)> Calls { get; } = new();

        public ConcurrentQueue<long> Delivered { get; } = new();

        public int Sleeping => Volatile.Read(ref _sleeping);

        public DateTimeOffset FirstDelivery => _load.TryPeek(out var first) ? first.At : default;

        public int MostAtOnce(DateTimeOffset from, TimeSpan within) => _load.Where(load => load.At >= from && load.At < from + within).Select(load => load.AtOnce).DefaultIfEmpty().Max();

        public async Task<DeliveryOutcome> TakeAsync(long id, BreakerState state, CancellationToken cancellationToken)
        {
            var down = IsDown;
            Calls.Enqueue((time.GetUtcNow(), state));
            var atOnce = Interlocked.Increment(ref _sleeping);
            if (!down)
            {
                _load.Enqueue((time.GetUtcNow(), atOnce));
            }

            try
            {
                await Task.Delay(Step, time, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _sleeping);
            }

            if (down)
            {
                return new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Outage, "421", "Closing.");
            }

            if (id > 0)
            {
                Delivered.Enqueue(id);
            }

            return DeliveryOutcome.Delivered(string.Create(CultureInfo.InvariantCulture, $"m-{id}"));
        }
    }
}
