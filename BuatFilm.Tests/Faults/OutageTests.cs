using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Faults;

/// <summary>Every service goes down, slow, silent and refusing in turn, while customers go on ordering and paying at the real process.</summary>
/// <remarks>What is wanted: no order and no message lost or doubled, the ops API tells the truth within a second, all is delivered within a minute of the return.</remarks>
[Collection(LongProcessTests.Name)]
public sealed class OutageTests
{
    private const string OpsKey = "sandbox-operations-key-0001";
    private const string NoMessages = "select count(*) from outbox_queue";

    private static readonly TimeSpan MostAfterReturn = TimeSpan.FromSeconds(60);

    /// <summary>Which services fail how, one after the other, and what the outage must have come to.</summary>
    private static readonly (string Service, string Mode, bool Opens)[] Everything =
    [
        ("midtrans", "down", true), ("smtp", "down", true), ("whatsapp", "down", true),
        ("midtrans", "error", true), ("smtp", "error", true), ("whatsapp", "error", true),
        ("midtrans", "slow", false), ("smtp", "slow", false), ("whatsapp", "slow", false),
        ("midtrans", "hang", true), ("smtp", "hang", true), ("whatsapp", "hang", true),
        ("midtrans", "refuse", false), ("smtp", "refuse", false), ("whatsapp", "refuse", false),
    ];

    private static readonly (string Service, string Mode, bool Opens)[] Sample =
        [("midtrans", "down", true), ("smtp", "hang", true), ("whatsapp", "error", true), ("smtp", "refuse", false), ("midtrans", "refuse", false)];

    private readonly ConcurrentDictionary<string, bool> _accepted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _paying = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _refused = [];
    private readonly ConcurrentBag<string> _unexpected = [];
    private readonly ConcurrentQueue<Sight> _sights = [];
    private int _next;

    [Fact]
    public async Task Outages_OfEveryServiceInTurn_LoseAndDoubleNothing()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var app = new AppProcess(null, ("ConnectionStrings:BuatFilm", database.ConnectionString));
        await app.StartAsync();
        using var ops = new HttpClient { BaseAddress = app.Client.BaseAddress, Timeout = TimeSpan.FromSeconds(20) };
        ops.DefaultRequestHeaders.Authorization = new("Bearer", OpsKey);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watch = WatchAsync(ops, end.Token);
        var customers = Enumerable.Range(0, 2).Select(_ => ShopAsync(app, end.Token)).ToList();
        foreach (var (service, mode, opens) in FaultCounts.IsFull ? Everything : Sample)
        {
            await SufferAsync(app, ops, service, mode, opens);
        }

        await end.CancelAsync();
        await Task.WhenAll([.. customers, watch]);
        await CheckEverythingAsync(app);
        await CheckTruthAsync(app);
    }

    private async Task SufferAsync(AppProcess app, HttpClient ops, string service, string mode, bool opens)
    {
        var began = TimeProvider.System.GetUtcNow();
        var before = (_accepted.Count, _refused.Count);
        await app.FaultAsync(service, mode, delayMs: 1500);
        if (opens)
        {
            await AppHost.EventuallyAsync(() => Task.FromResult(Seen(service, "open", began)), $"the breaker of {service} opens when it is {mode}", 45);
            var opened = _sights.First(sight => sight.At >= began && sight.StateOf(service) == "open");
            await AppHost.EventuallyAsync(() => Task.FromResult(_sights.Any(sight => sight.At >= opened.At && sight.Causes.Contains(service) && sight.Level != "normal")), $"the level names {service}", 2);
        }

        // Long enough for messages to fail and wait.
        await Task.Delay(TimeSpan.FromSeconds(FaultCounts.Of(quick: 6, full: 20)), TestContext.Current.CancellationToken);
        if (!opens)
        {
            Assert.False(Seen(service, "open", began), $"The breaker of {service} opened although it was only {mode}.");
        }

        await app.FaultAsync(service, "ok");
        var returned = TimeProvider.System.GetTimestamp();
        if (mode == "refuse")
        {
            await RequeueAsync(app, ops, service);
        }

        var known = _accepted.Keys.ToArray();
        await AppHost.EventuallyAsync(async () => await UnsettledAsync(app, known) == 0, $"all that was ordered is paid and told after {service} was {mode}", (int)MostAfterReturn.TotalSeconds);
        FaultReport.Write("outage", new
        {
            Service = service,
            Mode = mode,
            Accepted = _accepted.Count - before.Item1,
            Refused = _refused.Count - before.Item2,
            OpenedAfterSeconds = opens ? (_sights.First(sight => sight.At >= began && sight.StateOf(service) == "open").At - began).TotalSeconds : (double?)null,
            SettledAfterReturnSeconds = TimeProvider.System.GetElapsedTime(returned).TotalSeconds,
        });
        await AppHost.EventuallyAsync(() => Task.FromResult(_sights.Last() is { Level: "normal" } last && last.StateOf(service) == "closed"), $"{service} is back in the ops API", 45);
        Assert.Empty(_unexpected);
    }

    /// <summary>A refusal is for good, until a person sends it again.</summary>
    private async Task RequeueAsync(AppProcess app, HttpClient ops, string service)
    {
        if (service == "midtrans")
        {
            Assert.NotEmpty(_refused);
            return;
        }

        var channel = service == "smtp" ? "email" : "whatsapp";
        Assert.True(await app.ReadAsync<long>("select count(*) from outbox_dead where channel = $1", channel) > 0, $"Nothing was refused by {service}.");
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue where channel = $1 and attempt > 0", channel) == 0, "no refused attempt is under way", 20);
        using var planned = await ops.PostAsJsonAsync("/api/ops/v1/operations/plan", new { action = "requeue", filter = new { channel } }, TestContext.Current.CancellationToken);
        var plan = (await planned.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        Assert.True(planned.IsSuccessStatusCode, plan.ToJsonString());
        using var started = await ops.PostAsync($"/api/ops/v1/operations/{(string)plan["operationId"]!}/start", null, TestContext.Current.CancellationToken);
        Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_dead where channel = $1", channel) == 0, "all dead letters are requeued", 30);
    }

    /// <summary>Orders of these that are not paid, or whose messages are not all there.</summary>
    private static Task<long> UnsettledAsync(AppProcess app, string[] orderIds) => app.ReadAsync<long>(
        """
        select count(*) from unnest($1::text[]) as known(order_id)
        where not exists (select 1 from orders o where o.order_id = known.order_id and o.status = 'paid')
           or (select count(*) from outbox_overview m where m.order_id = known.order_id and m.kind = 'payment_received' and m.status = 'SENT') <> 2
           or exists (select 1 from outbox_overview m where m.order_id = known.order_id and m.status <> 'SENT')
        """,
        (object)orderIds);

    /// <summary>Orders, pays what can be paid, and comes back to what was queued.</summary>
    private async Task ShopAsync(AppProcess app, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                var orderId = string.Create(CultureInfo.InvariantCulture, $"OUT-{Interlocked.Increment(ref _next)}");
                var (status, body) = await app.PlaceAsync(orderId);
                switch (status)
                {
                    case HttpStatusCode.Created or HttpStatusCode.Accepted:
                        _accepted[orderId] = true;
                        break;
                    case HttpStatusCode.BadRequest when body.Contains("payment_rejected", StringComparison.Ordinal):
                        _refused.Add(orderId);
                        break;
                    default:
                        _unexpected.Add($"{orderId}: {(int)status} {body}");
                        break;
                }

                foreach (var waiting in _accepted.Keys.Where(known => !_paying.ContainsKey(known)))
                {
                    if (await app.StatusOfAsync(waiting) == "awaiting_payment" && _paying.TryAdd(waiting, true) && await app.PayAsync(waiting) != HttpStatusCode.Accepted)
                    {
                        _paying.TryRemove(waiting, out _); // The stand-in is down; the customer tries later.
                    }
                }

                await Task.Delay(300, end);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // Enough.
            }
        }

        // Whoever was in the queue when the shop closed still pays.
        foreach (var waiting in _accepted.Keys.Where(known => !_paying.ContainsKey(known)))
        {
            await AppHost.EventuallyAsync(async () => await app.StatusOfAsync(waiting) == "awaiting_payment", $"{waiting} has its page", 45);
            if (_paying.TryAdd(waiting, true))
            {
                Assert.Equal(HttpStatusCode.Accepted, await app.PayAsync(waiting));
            }
        }
    }

    private async Task WatchAsync(HttpClient ops, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                var status = (await ops.GetFromJsonAsync<JsonObject>("/api/ops/v1/status", end))!;
                _sights.Enqueue(new Sight(
                    TimeProvider.System.GetUtcNow(),
                    (string)status["level"]!,
                    [.. status["causes"]!.AsArray().Select(cause => cause is JsonValue ? (string)cause! : (string)cause!["service"]!)],
                    status["breakers"]!.AsArray().ToDictionary(breaker => (string)breaker!["service"]!, breaker => (string)breaker!["state"]!, StringComparer.Ordinal)));
                await Task.Delay(100, end);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // Enough.
            }
        }
    }

    private bool Seen(string service, string state, DateTimeOffset since) => _sights.Any(sight => sight.At >= since && sight.StateOf(service) == state);

    private async Task CheckEverythingAsync(AppProcess app)
    {
        await AppHost.EventuallyAsync(async () => await UnsettledAsync(app, [.. _accepted.Keys]) == 0, "everything is paid and told", (int)MostAfterReturn.TotalSeconds);
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>(NoMessages) == 0, "nothing waits", 30);
        Assert.Equal((long)_accepted.Count, await app.ReadAsync<long>("select count(*) from orders"));
        Assert.Equal(0L, await app.ReadAsync<long>("select count(*) from outbox_dead"));
        Assert.Equal(0L, await app.ReadAsync<long>("select count(*) from orders o where (select count(*) from payments p where p.order_id = o.order_id) <> 1"));

        // What arrived at the customers, against what was to be sent; the stand-in keeps the last thousand.
        var arrived = (await app.MessagesAsync()).GroupBy(message => ((string?)message["orderId"], (string)message["channel"]!)).ToDictionary(group => group.Key, group => group.Count());
        var wanted = await WantedAsync(app);
        var wrong = wanted.Where(want => arrived.GetValueOrDefault((want.OrderId, want.Channel)) != want.Count).Select(want => $"{want.OrderId} by {want.Channel}: {arrived.GetValueOrDefault((want.OrderId, want.Channel))} instead of {want.Count}").ToList();
        Assert.Empty(wrong);
    }

    private static async Task<List<(string OrderId, string Channel, int Count)>> WantedAsync(AppProcess app)
    {
        var rows = await app.ReadAsync<string>("select coalesce(string_agg(concat_ws('|', order_id, channel, count), ';'), '') from (select order_id, channel, count(*) from notification_outbox where order_id is not null group by 1, 2) t");
        return [.. rows.Split(';').Select(row => row.Split('|')).Select(parts => (parts[0], parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture)))];
    }

    /// <summary>Every opening and closing stood in the ops API within a second.</summary>
    private async Task CheckTruthAsync(AppProcess app)
    {
        var rows = await app.ReadAsync<string>("select coalesce(string_agg(concat_ws('|', service, to_state, extract(epoch from at)), ';' order by id), '') from breaker_transitions where to_state in ('open', 'closed') and from_state <> to_state");
        var transitions = rows.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split('|')).Select(parts => (Service: parts[0], State: parts[1], At: DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(parts[2], CultureInfo.InvariantCulture)))).ToList();
        Assert.NotEmpty(transitions);
        var lags = new List<double>();
        foreach (var (transition, following) in transitions.Select((transition, index) => (transition, transitions.Skip(index + 1).Where(later => later.Service == transition.Service).Select(later => (DateTimeOffset?)later.At).FirstOrDefault())))
        {
            var shown = _sights.FirstOrDefault(sight => sight.At >= transition.At && sight.StateOf(transition.Service) == transition.State);
            if (shown is null || (following is { } next && shown.At > next))
            {
                // Over before anybody looked: it lasted less than the time between two looks.
                Assert.True(following is { } after && after - transition.At < TimeSpan.FromSeconds(1), $"Nobody saw {transition.Service} {transition.State}.");
                continue;
            }

            // Only looks that saw the old state tell that it was late: on a slow machine they are seconds apart.
            var late = _sights.LastOrDefault(sight => sight.At >= transition.At && sight.At < shown.At);
            lags.Add(late is null ? 0 : (late.At - transition.At).TotalSeconds);
        }

        FaultReport.Write("truth in the ops API", new { Transitions = transitions.Count, SlowestSeconds = lags.Max() });
        Assert.InRange(lags.Max(), 0, 1);
    }

    private sealed record Sight(DateTimeOffset At, string Level, IReadOnlyList<string> Causes, IReadOnlyDictionary<string, string> Breakers)
    {
        public string? StateOf(string service) => Breakers.GetValueOrDefault(service);
    }
}
