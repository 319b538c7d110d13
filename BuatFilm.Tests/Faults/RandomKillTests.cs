using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Faults;

/// <summary>F1 and F2: the process is killed at random moments while customers order and pay, and try again until they get an answer.</summary>
[Collection(ProcessTests.Name)]
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A seed repeats the run.")]
public sealed class RandomKillTests
{
    private const int Customers = 4;

    private readonly ConcurrentBag<string> _answered = [];
    private readonly ConcurrentBag<double> _recoveries = [];
    private int _waiting;
    private int _ordered;
    private bool _killing = true;

    [Fact]
    public async Task Kill_AtRandomMoments_LosesNothingAndDoublesNothingUnexplained()
    {
        var (kills, orders) = (FaultCounts.Of(quick: 3, full: 60), FaultCounts.Of(quick: 20, full: 400));
        var seed = FaultReport.NewSeed("F1");
        await using var database = await MigratedDatabase.CreateAsync();

        // The leases are shorter than in production, so that the last customers need not wait a minute for their payment pages.
        await using var app = new AppProcess(null, ("ConnectionStrings:BuatFilm", database.ConnectionString), ("Idempotency:Lease", "00:00:05"), ("Orders:Lease", "00:00:15"));
        await StartAsync(app);

        var customers = Enumerable.Range(0, Customers).Select(_ => OrderUntilEnoughAsync(app, orders)).ToList();
        var (duringRequests, heldMails, heldOthers, starts) = await KillAsync(app, kills, new Random(seed));
        await Task.WhenAll(customers);
        await WaitUntilAllArePaidAsync(app);
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue") == 0, "every mail is sent", 60);

        var mails = (await app.MailsAsync()).ToLookup(mail => (string)mail["messageId"]!, StringComparer.Ordinal);
        var doubles = mails.Sum(mail => mail.Count() - 1);
        var queued = await app.ReadAsync<long>("select count(*) from notification_outbox where channel = 'email'");

        // WhatsApp gives each message a name of its own, so a double is one about the same order with the same text.
        var others = (await app.MessagesAsync()).Where(message => (string?)message["channel"] == "whatsapp").ToLookup(message => ((string?)message["orderId"], (string?)message["subject"]));
        var otherDoubles = others.Sum(message => message.Count() - 1);
        FaultReport.Write("F1", new
        {
            Seed = seed,
            Kills = kills,
            Orders = _answered.Count,
            KillsDuringARequest = duringRequests,
            MailsHeldAtKills = heldMails,
            Mails = queued,
            Lost = queued - mails.Count,
            Doubles = doubles,
            WhatsAppHeldAtKills = heldOthers,
            WhatsAppDoubles = otherDoubles,
            SlowestStartSeconds = starts.Max(),
            SlowestReleaseAfterReadySeconds = _recoveries.DefaultIfEmpty().Max(),
        });

        Assert.True(duringRequests > 0, "No kill met a request.");
        Assert.True(heldMails > 0, "No kill met a mail under way.");
        Assert.Equal((long)_answered.Count, await app.ReadAsync<long>("select count(*) from orders"));
        Assert.Equal((long)_answered.Count, await app.ReadAsync<long>("select count(*) from orders where order_id = any($1)", (object)_answered.ToArray()));
        Assert.Equal((long)_answered.Count, await app.ReadAsync<long>("select count(*) from notification_outbox where kind = 'payment_received' and channel = 'email'"));
        Assert.Equal(queued, mails.Count); // One Message-ID for each message: a double is the same mail again, to be seen as such.
        Assert.Equal(_answered.Order(StringComparer.Ordinal), mails.Select(mail => (string)mail.First()["orderId"]!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.True(doubles <= heldMails, $"{doubles} doubles, and only {heldMails} mails were under way when it was killed.");
        Assert.Equal(queued, others.Count); // Each goes out both ways.
        Assert.True(otherDoubles <= heldOthers, $"{otherDoubles} doubles by WhatsApp, and only {heldOthers} were under way when it was killed.");
        Assert.Equal(0L, await app.ReadAsync<long>("select count(*) from outbox_dead"));
        Assert.InRange(_recoveries.DefaultIfEmpty().Max(), 0, 20); // The lease is 90 s.
    }

    private static async Task WaitUntilAllArePaidAsync(AppProcess app)
    {
        const string Unpaid = """
            select coalesce(string_agg(concat_ws(' ', o.order_id, o.status, (select string_agg(concat_ws('/', p.transaction_id, p.state, p.hold_reason), ',') from payments p where p.order_id = o.order_id)), '; '), '')
            from orders o where o.status <> 'paid'
            """;
        var unpaid = string.Empty;
        for (var left = 240; left > 0; left--)
        {
            unpaid = await app.ReadAsync<string>(Unpaid);
            if (unpaid.Length == 0)
            {
                return;
            }

            await Task.Delay(250, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"Not paid after a minute: {unpaid}");
    }

    // Each mail takes a moment, so that a kill finds some of them under way.
    private static async Task<double> StartAsync(AppProcess app)
    {
        var start = await app.StartAsync();
        await app.FaultAsync("smtp", "slow", delayMs: 150);
        return start.TotalSeconds;
    }

    private async Task<(int DuringRequests, int HeldMails, int HeldOthers, List<double> Starts)> KillAsync(AppProcess app, int kills, Random dice)
    {
        var (duringRequests, heldMails, heldOthers) = (0, 0, 0);
        var starts = new List<double>();
        var watches = new List<Task>();
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(dice.Next(300, 2_500), TestContext.Current.CancellationToken);

            // The last one waits for a mail to be under way, so that no seed makes the run say nothing.
            if (kill == kills - 1 && heldMails == 0)
            {
                await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue where lease_owner is not null and channel = 'email'") > 0, "a mail is under way");
            }

            duringRequests += Volatile.Read(ref _waiting) > 0 ? 1 : 0;
            app.Kill();
            var held = await app.ReadAsync<Guid[]>("select coalesce(array_agg(lease_owner), '{}') from outbox_queue where lease_owner is not null");
            var mails = (int)await app.ReadAsync<long>("select count(*) from outbox_queue where lease_owner is not null and channel = 'email'");
            heldMails += mails;
            heldOthers += held.Length - mails;
            starts.Add(await StartAsync(app));
            watches.Add(WatchReleaseAsync(app.ConnectionString, held));
        }

        Volatile.Write(ref _killing, false);
        await Task.WhenAll(watches);
        return (duringRequests, heldMails, heldOthers, starts);
    }

    private async Task WatchReleaseAsync(string connectionString, Guid[] dead)
    {
        var ready = TimeProvider.System.GetTimestamp();
        await AppHost.EventuallyAsync(
            async () => await MigratedDatabase.ReadAsync<long>(connectionString, "select count(*) from outbox_queue where lease_owner = any($1)", dead) == 0,
            "the dead process' leases are freed",
            60);
        if (dead.Length > 0)
        {
            _recoveries.Add(TimeProvider.System.GetElapsedTime(ready).TotalSeconds);
        }
    }

    private async Task OrderUntilEnoughAsync(AppProcess app, int orders)
    {
        while (Volatile.Read(ref _killing) || Volatile.Read(ref _ordered) < orders)
        {
            var orderId = string.Create(CultureInfo.InvariantCulture, $"F1-{Interlocked.Increment(ref _ordered)}");
            await InsistAsync(async () => (await app.PlaceAsync(orderId)).Status is HttpStatusCode.Created or HttpStatusCode.Accepted, $"{orderId} is placed");
            _answered.Add(orderId);

            // An order that was queued (202) has no payment page yet. Whoever lost the answer looks before paying again: a second
            // payment would be a real double one, and the order rightly on hold.
            await InsistAsync(async () => await app.HasPaidAsync(orderId) || await app.PayAsync(orderId) is HttpStatusCode.Accepted, $"{orderId} is paid");
        }
    }

    /// <summary>Tries until it is done, as a client does whose server goes away now and then.</summary>
    private async Task InsistAsync(Func<Task<bool>> tryOnce, string what) => await AppHost.EventuallyAsync(
        async () =>
        {
            Interlocked.Increment(ref _waiting);
            try
            {
                if (await tryOnce())
                {
                    return true;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or ObjectDisposedException or TaskCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                // Killed under our hands.
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }

            await Task.Delay(150, TestContext.Current.CancellationToken);
            return false;
        },
        what,
        120);
}
