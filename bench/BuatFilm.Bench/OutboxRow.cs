using System.Diagnostics;
using System.Globalization;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BuatFilm.Bench;

/// <summary>Row 2: the product's drain with a sender that does nothing, against the same lease by pgbench, and against Hangfire.</summary>
internal sealed class OutboxRow(BenchOptions options, PgBench pgbench, Report report)
{
    private const string Row = "outbox";
    private const int Batch = 100;

    public async Task RunAsync(ScratchServer server, CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync("bench_outbox", cancellationToken);
        Say("warming up");
        await DrainAsync(database, Math.Min(options.Messages, 40_000), 1, cancellationToken);

        var ours = new Dictionary<int, List<double>> { [1] = [], [2] = [] };
        var bar = new Dictionary<int, List<double>> { [1] = [], [2] = [] };
        List<double> walOurs = [];
        List<double> walBar = [];
        List<double> cpu = [];
        var started = Stopwatch.GetTimestamp();
        var round = 0;
        do
        {
            round++;
            foreach (var loops in new[] { 1, 2 })
            {
                var drained = await DrainAsync(database, options.Messages, loops, cancellationToken);
                ours[loops].Add(drained.Rate);
                walOurs.Add(drained.Wal);
                cpu.Add(drained.CpuUs);

                var (rate, wal) = await BarAsync(database, loops, cancellationToken);
                bar[loops].Add(rate);
                walBar.Add(wal);
                Say(string.Create(CultureInfo.InvariantCulture, $"round {round}, {loops} at once: {drained.Rate:N0}/s, pgbench {rate:N0}/s"));
            }
        }
        while (options.HasTimeForAnother(started, round));

        Say($"Hangfire, {options.Jobs} jobs");
        var hangfire = await HangfireDrain.RunAsync(database, options.Jobs, cancellationToken);
        foreach (var loops in new[] { 1, 2 })
        {
            var noisy = Figures.Spread(bar[loops]) > 0.20;
            var name = loops == 1 ? "1 drain" : "2 drains of one channel";
            report.Add(Row, $"{name}, batch {Batch}", Figures.Median(ours[loops]), "msg/s");
            report.Add(Row, $"pgbench lease, batch {Batch}, {loops} client(s)", Figures.Median(bar[loops]), "msg/s");
            report.AtLeast(Row, $"{name} / pgbench", Figures.Median(ours[loops].Zip(bar[loops], (a, b) => a / b)), "x", 0.70, noisy);
        }

        report.Add(Row, "CPU of the drain per message", Figures.Median(cpu), "us");
        report.Add(Row, "WAL per message", Figures.Median(walOurs), "B");
        report.Add(Row, "WAL per message of pgbench", Figures.Median(walBar), "B");
        report.Add(Row, $"Hangfire, 20 workers, {options.Jobs} jobs", hangfire, "job/s");
        report.AtLeast(Row, "1 drain / Hangfire", Figures.Median(ours[1]) / hangfire, "x", 100, noisy: false);
        report.Note("outbox: no mail is sent; the drain's sender goes through the breaker of the mail server and says 'delivered'. Every attempt is recorded, by the drain and by pgbench. Hangfire ran once.");
    }

    private static async Task<(double Rate, double Wal, double CpuUs)> DrainAsync(string database, int messages, int drains, CancellationToken cancellationToken)
    {
        await FillAsync(database, messages, cancellationToken);
        await using var first = new Node(database);
        await using var second = new Node(database);
        Node[] nodes = drains == 1 ? [first] : [first, second];
        foreach (var node in nodes)
        {
            await node.ConnectAsync(cancellationToken);
        }

        var wal = await Sql.WalAsync(database, cancellationToken);
        var used = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Drain.RunAsync(cancellationToken), cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(started);
        used = Environment.CpuUsage.TotalTime - used;
        wal = await Sql.WalAsync(database, cancellationToken) - wal;

        var sent = nodes.Sum(node => node.Sender.Sent);
        if (sent != messages)
        {
            throw new BenchException($"{sent} messages were sent, of {messages}.");
        }

        await RequireRecordedAsync(database, messages, cancellationToken);
        return (messages / elapsed.TotalSeconds, (double)wal / messages, used.TotalMicroseconds / messages);
    }

    private async Task<(double Rate, double Wal)> BarAsync(string database, int clients, CancellationToken cancellationToken)
    {
        await FillAsync(database, options.Messages, cancellationToken);
        var wal = await Sql.WalAsync(database, cancellationToken);
        var each = options.Messages / Batch / clients;
        var run = await pgbench.RunAsync(
            database, OutboxSql.PgBench, clients, ["-t", each.ToString(CultureInfo.InvariantCulture)], new Dictionary<string, string>(StringComparer.Ordinal) { ["ids"] = "{}" }, cancellationToken);
        wal = await Sql.WalAsync(database, cancellationToken) - wal;
        await RequireRecordedAsync(database, options.Messages, cancellationToken);
        return (run.Rate * Batch, (double)wal / options.Messages);
    }

    private static Task FillAsync(string database, int messages, CancellationToken cancellationToken) =>
        Sql.ExecuteAsync(database, OutboxSql.Fill.Replace("@messages", messages.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), cancellationToken);

    /// <summary>One attempt for each message, and nothing left in the queue.</summary>
    private static async Task RequireRecordedAsync(string database, int messages, CancellationToken cancellationToken)
    {
        var found = await Sql.ReadAsync<string>(
            database,
            "select (select count(*) from notification_attempts where result = 'delivered' and attempt = 1) || ' delivered, ' || (select count(*) from outbox_queue) || ' left, ' || (select count(*) from outbox_dead) || ' dead'",
            cancellationToken);
        var expected = string.Create(CultureInfo.InvariantCulture, $"{messages} delivered, 0 left, 0 dead");
        if (!string.Equals(found, expected, StringComparison.Ordinal))
        {
            throw new BenchException($"The outbox does not add up: {found}; it should be {expected}.");
        }
    }

    private static void Say(string what) => Console.WriteLine($"outbox: {what}");

    /// <summary>What of a node drains one channel.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly Databases _databases;

        public Node(string database)
        {
            var time = TimeProvider.System;
            _databases = new Databases(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:BuatFilm", database)]).Build());
            var pipelines = new ServicePipelines(Options.Create(new BreakersOptions()), time);
            var identity = new LeaseHolder();
            identity.Take(Guid.NewGuid());
            Sender = new NoSender(pipelines[ExternalService.Smtp]);
            Drain = new OutboxDrain(
                Sender,
                new OutboxQueue(_databases.Workers),
                pipelines,
                identity,
                new StatusBoard(NodeIdentity.OfThisProcess(time), time, NullLogger<StatusBoard>.Instance),
                Options.Create(new OutboxOptions { BatchSize = Batch, Channels = { Email = { Concurrency = Batch } } }),
                time,
                NullLogger<OutboxDrain>.Instance);
        }

        public NoSender Sender { get; }

        public OutboxDrain Drain { get; }

        /// <summary>A running node has its connections already; pgbench's rate leaves out its own too.</summary>
        public async Task ConnectAsync(CancellationToken cancellationToken)
        {
            await using var one = await _databases.Workers.OpenConnectionAsync(cancellationToken);
            await using var two = await _databases.Workers.OpenConnectionAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            Drain.Dispose();
            await _databases.DisposeAsync();
        }
    }

    /// <summary>Delivers at once, by way of the breaker.</summary>
    private sealed class NoSender(ServicePipeline pipeline) : IMessageSender
    {
        private static readonly DeliveryOutcome Delivered = DeliveryOutcome.Delivered();
        private long _sent;

        public long Sent => Interlocked.Read(ref _sent);

        public Channel Channel => Channel.Email;

        public ExternalService? Service => ExternalService.Smtp;

        public Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => pipeline.ExecuteAsync(
            _ =>
            {
                Interlocked.Increment(ref _sent);
                return Task.FromResult(Delivered);
            },
            _ => throw new BenchException("The breaker opened."),
            () => throw new BenchException("A delivery that does nothing timed out."),
            cancellationToken);
    }
}
