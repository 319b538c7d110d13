using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace BuatFilm.Bench;

/// <summary>Row 1: first deliveries by the real program against one statement and one transaction each by pgbench.</summary>
internal sealed class WebhookRow(BenchOptions options, PgBench pgbench, Report report)
{
    private const string Row = "webhook";
    private const int Crowd = 32;
    private const int WarmUpOrders = 30_000;

    public async Task RunAsync(ScratchServer server, CancellationToken cancellationToken)
    {
        Say($"preparing {options.Orders:N0} orders");
        var database = await server.CreateDatabaseAsync("bench_webhook", cancellationToken);
        await Sql.ExecuteAsync(database, WebhookSql.Seed.Replace("@orders", options.Orders.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), cancellationToken);
        var notifications = new Notifications(options.Orders, ProductApp.ServerKey);
        var orders = Enumerable.Range(1, options.Orders).ToArray();
        new Random(42).Shuffle(orders);

        await using var app = await ProductApp.StartAsync(options.ContentRoot, database, cancellationToken);
        Say("warming up");
        await DeliverAsync(app, notifications, orders[..WarmUpOrders], Crowd, options.WarmUp, database, cancellationToken);
        await Sql.ExecuteAsync(database, WebhookSql.Reset, cancellationToken);

        await FirstDeliveriesAsync(app, notifications, orders, database, cancellationToken);
        await SingleSenderAsync(app, notifications, orders, database, cancellationToken);

        report.Note("webhook: the program as it starts in Development, with Hangfire, metrics and logging on; without the sandbox and rate limits. Confirmations by GET status are put off by an hour and the mail breaker is open, so neither runs within the windows.");
    }

    private async Task FirstDeliveriesAsync(ProductApp app, Notifications notifications, int[] orders, string database, CancellationToken cancellationToken)
    {
        List<Delivery> first = [];
        List<Delivery> again = [];
        List<PgBenchRun> bar = [];
        List<double> walFirst = [];
        List<double> walBar = [];
        List<double> walAgain = [];
        List<double> cpu = [];

        var started = Stopwatch.GetTimestamp();
        var round = 0;
        do
        {
            round++;
            var wal = await Sql.WalAsync(database, cancellationToken);
            var used = app.Cpu;
            var delivered = await DeliverAsync(app, notifications, orders, Crowd, options.Round, database, cancellationToken);
            walFirst.Add((double)(await Sql.WalAsync(database, cancellationToken) - wal) / delivered.Stored.Count);
            cpu.Add((app.Cpu - used).TotalMicroseconds / delivered.Stored.Count);
            first.Add(delivered);

            // What lies ahead anyway (statistics, hint bits) must not fall into the next window.
            await Sql.ExecuteAsync(database, "vacuum analyze payment_events; vacuum analyze orders; vacuum analyze payments", cancellationToken);
            var idle = await IdleWalAsync(database, cancellationToken);
            wal = await Sql.WalAsync(database, cancellationToken);
            var replayed = await Senders.RunAsync(app.Address, notifications, [.. delivered.Stored], Crowd, options.DuplicateRound, repeat: true, cancellationToken);
            var written = await Sql.WalAsync(database, cancellationToken) - wal;
            RequireNothingOdd(replayed, replayed.Duplicates, "duplicate");
            walAgain.Add(Math.Max(0, written - (idle * options.DuplicateRound.TotalSeconds)) / replayed.Duplicates);
            again.Add(replayed);
            await RequireStoredAsync(delivered, database, cancellationToken);
            await Sql.ExecuteAsync(database, WebhookSql.Reset, cancellationToken);

            wal = await Sql.WalAsync(database, cancellationToken);
            var run = await pgbench.RunAsync(database, WebhookSql.PgBench, Crowd, ["-T", Seconds(options.Round)], Variables(Crowd), cancellationToken);
            walBar.Add((double)(await Sql.WalAsync(database, cancellationToken) - wal) / run.Transactions);
            bar.Add(run);
            await RequireBarStoredAsync(run, database, cancellationToken);
            await Sql.ExecuteAsync(database, WebhookSql.Reset, cancellationToken);

            Say(string.Create(CultureInfo.InvariantCulture, $"round {round}: {delivered.Rate:N0}/s, duplicates {replayed.Rate:N0}/s, pgbench {run.Rate:N0}/s"));
        }
        while (options.HasTimeForAnother(started, round));

        var noisy = Figures.Spread([.. bar.Select(run => run.Rate)]) > 0.20;
        report.Add(Row, "first deliveries, 32 senders", Figures.Median(first.Select(run => run.Rate)), "/s");
        report.Add(Row, "pgbench, one statement, 32 clients", Figures.Median(bar.Select(run => run.Rate)), "/s");
        report.AtLeast(Row, "first deliveries / pgbench", Figures.Median(first.Zip(bar, (a, b) => a.Rate / b.Rate)), "x", 0.90, noisy);
        report.Add(Row, "p50, 32 senders", Figures.Median(first.Select(run => run.P50Ms)), "ms");
        report.Add(Row, "p99, 32 senders", Figures.Median(first.Select(run => run.P99Ms)), "ms");
        report.AtMost(Row, "p99 / pgbench's mean latency", Figures.Median(first.Zip(bar, (a, b) => a.P99Ms / b.MeanMs)), "x", 4, noisy);
        report.Add(Row, "CPU of the program per first delivery", Figures.Median(cpu), "us");
        report.Add(Row, "WAL per first delivery", Figures.Median(walFirst), "B");
        report.Add(Row, "WAL per pgbench transaction", Figures.Median(walBar), "B");
        report.Add(Row, "duplicates, 32 senders", Figures.Median(again.Select(run => run.Rate)), "/s");
        report.AtLeast(Row, "duplicates / first deliveries", Figures.Median(again.Zip(first, (a, b) => a.Rate / b.Rate)), "x", 1.5, noisy);
        report.AtMost(Row, "WAL per duplicate, less that of an idle second", Figures.Median(walAgain), "B", 16, noisy: false);
    }

    private async Task SingleSenderAsync(ProductApp app, Notifications notifications, int[] orders, string database, CancellationToken cancellationToken)
    {
        List<double> ours = [];
        List<double> raw = [];
        await RawLoopAsync(orders, database, TimeSpan.FromMilliseconds(500), cancellationToken);
        await Sql.ExecuteAsync(database, WebhookSql.Reset, cancellationToken);
        for (var round = 1; round <= options.Rounds; round++)
        {
            var delivered = await DeliverAsync(app, notifications, orders, 1, options.SingleRound, database, cancellationToken);
            await RequireStoredAsync(delivered, database, cancellationToken);
            await Sql.ExecuteAsync(database, WebhookSql.Reset, cancellationToken);
            ours.Add(delivered.P50Ms);
            raw.Add(await RawLoopAsync(orders, database, options.SingleRound, cancellationToken));
            await Sql.ExecuteAsync(database, WebhookSql.Reset, cancellationToken);
        }

        report.Add(Row, "p50, 1 sender", Figures.Median(ours), "ms");
        report.Add(Row, "p50, 1 raw Npgsql loop, same statement as pgbench", Figures.Median(raw), "ms");
        report.AtMost(Row, "p50 of 1 sender / raw Npgsql", Figures.Median(ours.Zip(raw, (a, b) => a / b)), "x", 1.25, Figures.Spread(raw) > 0.20);
    }

    private static async Task<Delivery> DeliverAsync(ProductApp app, Notifications notifications, int[] orders, int senders, TimeSpan time, string database, CancellationToken cancellationToken)
    {
        var delivered = await Senders.RunAsync(app.Address, notifications, orders, senders, time, repeat: false, cancellationToken);
        RequireNothingOdd(delivered, delivered.Stored.Count, "applied");
        return delivered;
    }

    private static void RequireNothingOdd(Delivery delivery, long expected, string outcome)
    {
        if (delivery.OddCount > 0 || delivery.Stored.Count + delivery.Duplicates != expected || expected == 0)
        {
            throw new BenchException($"Not every answer was 200 and {outcome}: {delivery.Stored.Count} applied, {delivery.Duplicates} duplicate, {delivery.OddCount} others ({delivery.Odd}).");
        }
    }

    /// <summary>Every order that was answered 200, and no other, has its event, payment, message and check.</summary>
    private static async Task RequireStoredAsync(Delivery delivery, string database, CancellationToken cancellationToken)
    {
        // The sum of the numbers stands for the set: each is answered once.
        var expected = string.Create(CultureInfo.InvariantCulture, $"{delivery.Stored.Count}|{delivery.Stored.Sum(order => (long)order)}");
        foreach (var (what, from) in new[]
        {
            ("events", "payment_events where outcome = 'applied'"),
            ("payments", "payments where state = 'settlement' and has_paid"),
            ("orders", "orders where status = 'paid' and paid_amount = gross_amount and version = 1"),
            ("messages", "notification_outbox m join outbox_queue q on q.message_id = m.id"),
            ("checks", "payment_event_checks c join payment_events e on e.id = c.event_id"),
        })
        {
            var stored = await Sql.ReadAsync<string>(database, $"select count(*) || '|' || coalesce(sum(substr(order_id, 7)::bigint), 0) from {from}", cancellationToken);
            if (!string.Equals(stored, expected, StringComparison.Ordinal))
            {
                throw new BenchException($"What was answered 200 is not what is stored: of the {what} {stored} (number and sum of order numbers), answered {expected}.");
            }
        }
    }

    private static async Task RequireBarStoredAsync(PgBenchRun run, string database, CancellationToken cancellationToken)
    {
        var stored = await Sql.ReadAsync<long>(database, "select least((select count(*) from payment_events), (select count(*) from payments), (select count(*) from outbox_queue), (select count(*) from payment_event_checks))", cancellationToken);
        if (stored != run.Transactions)
        {
            throw new BenchException($"pgbench says {run.Transactions} transactions, but only {stored} events with all that follows are stored: it ran out of orders, or its statement does less than it should.");
        }
    }

    /// <summary>One connection, one statement after the other.</summary>
    /// <returns>The median in milliseconds.</returns>
    private static async Task<double> RawLoopAsync(int[] orders, string database, TimeSpan time, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancellationToken);
        var random = new NpgsqlParameter<long>();
        var other = new NpgsqlParameter<long>();
        var order = new NpgsqlParameter<long>();
        await using var command = new NpgsqlCommand(WebhookSql.Npgsql, connection) { Parameters = { random, other, order, new NpgsqlParameter<string> { TypedValue = Notifications.Sample } } };
        await command.PrepareAsync(cancellationToken);

        List<long> waits = [];
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            (random.TypedValue, other.TypedValue, order.TypedValue) = (started, waits.Count, orders[waits.Count]);
            var sent = Stopwatch.GetTimestamp();
            await command.ExecuteNonQueryAsync(cancellationToken);
            waits.Add(Stopwatch.GetTimestamp() - sent);
        }

        return Figures.Ms(Figures.At([.. waits.Order()], 0.50));
    }

    private static async Task<double> IdleWalAsync(string database, CancellationToken cancellationToken)
    {
        var before = await Sql.WalAsync(database, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        return await Sql.WalAsync(database, cancellationToken) - before;
    }

    private Dictionary<string, string> Variables(int clients) => new(StringComparer.Ordinal)
    {
        ["i"] = "-1",
        ["clients"] = clients.ToString(CultureInfo.InvariantCulture),
        ["orders"] = options.Orders.ToString(CultureInfo.InvariantCulture),
        ["payload"] = Notifications.Sample,
    };

    private static string Seconds(TimeSpan time) => ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static void Say(FormattableString what) => Say(what.ToString(CultureInfo.InvariantCulture));

    private static void Say(string what) => Console.WriteLine($"webhook: {what}");
}
