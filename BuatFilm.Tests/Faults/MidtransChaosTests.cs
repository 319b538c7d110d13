using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using BuatFilm.Admin.Features.Orders;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Faults;

/// <summary>F18: a Midtrans that errs, hangs, talks nonsense and forgets what it has done, while customers order.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A seed repeats the run.")]
public sealed class MidtransChaosTests
{
    private const string Html = "<html><body>Bad gateway</body></html>";

    private static readonly Reply[] ClientErrors =
    [
        new(400, """{"error_messages":["transaction_details.gross_amount is not equal to the sum of item_details"]}"""),
        new(400, Html, MediaType: "text/html"),
        new(402, """{"status_code":"402","status_message":"Merchant has no access to this payment type"}"""),
        new(404, "{}"),
        new(404, Html, MediaType: "text/html"),
        new(405, """{"status_message":"HTTP method is not allowed"}"""),
        new(406, """{"status_code":"406","status_message":"Duplicate order ID"}"""),
        new(407, "{}"),
        new(408, """{"status_message":"Wrong data type"}"""),
        new(409, "{}"),
        new(411, """{"status_message":"Token id is missing, invalid or timed out"}"""),
        new(412, "{}"),
        new(413, Html, MediaType: "text/html"),
        new(414, ""),
        new(422, ""),
        new(202, """{"status_code":"202"}"""),
        new(200, """{"status_code":"400","status_message":"One or more parameters in the payload is invalid"}"""),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClientErrors_HoweverMany_NeverOpenTheBreaker_AndFiveFaultsOfMidtransDo()
    {
        await using var midtrans = await FakeMidtrans.StartAsync();
        await using var app = await StartAsync(midtrans, attempt: "00:00:10"); // A busy machine is no fault of Midtrans.
        var client = app.Services.GetRequiredService<MidtransClient>();
        var pipeline = app.Services.GetRequiredService<ServicePipelines>()[ExternalService.Midtrans];
        var calls = 0;
        var opens = 0;
        midtrans.OnCreate = call => ClientErrors[call.Number % ClientErrors.Length];
        midtrans.OnStatus = _ => ClientErrors[Interlocked.Increment(ref calls) % ClientErrors.Length];

        for (var i = 0; i < 1_000; i++)
        {
            var verdict = i % 2 == 0 ? (await client.CreateSnapAsync(Order, Token)).Verdict : (await client.GetStatusAsync("ERR-1A", Token)).Verdict;
            Assert.Equal(ServiceVerdict.Answered, verdict);
            opens += pipeline.State == BreakerState.Closed ? 0 : 1;
        }

        midtrans.OnCreate = _ => new Reply(500, "{}");
        var faults = 0;
        while (pipeline.State == BreakerState.Closed && faults < 2_000)
        {
            await client.CreateSnapAsync(Order, Token);
            faults++;
        }

        FaultReport.Write("F18 client errors", new { ClientErrors = 1_000, Opens = opens, ServerFaultsUntilOpen = faults });
        Assert.Equal(0, opens);
        Assert.NotEqual(BreakerState.Closed, pipeline.State);
    }

    [Fact]
    public async Task Orders_DuringChaos_AllGetOnePageInTheEnd_AndNothingIsLeftUnknown()
    {
        var orders = FaultCounts.Of(quick: 60, full: 1_000);
        var seed = FaultReport.NewSeed("F18");
        await using var midtrans = await FakeMidtrans.StartAsync();
        await using var app = await StartAsync(midtrans);
        var dice = new Random(seed);
        var hung = 0;
        midtrans.OnCreate = call =>
        {
            int roll;
            lock (dice)
            {
                roll = dice.Next(100);
            }

            hung += roll is >= 25 and < 40 ? 1 : 0;
            return roll switch
            {
                // Half of what is asked fails; some of it takes effect all the same.
                < 15 => new Reply(500, """{"error_messages":["Sorry, we encountered internal server error."]}""", TakesEffect: roll < 5),
                < 20 => new Reply(502, Html, MediaType: "text/html"),
                < 25 => new Reply(0, Resets: true, TakesEffect: roll < 23),
                < 40 => new Reply(201, TakesEffect: roll < 35, Delay: TimeSpan.FromSeconds(10)),
                < 45 => new Reply(202, """{"status_code":"202"}""", TakesEffect: true),
                < 48 => new Reply(429, "{}"),
                < 50 => new Reply(201, """{"token":"abc","redirect_url":""", TakesEffect: true),

                // The rest is as it should be, if Midtrans does not hold to what it made before.
                _ when call.WasMade && call.MidtransOrderId.GetHashCode(StringComparison.Ordinal) % 2 == 0 => new Reply(406, """{"status_code":"406","status_message":"order_id has already been taken"}"""),
                _ => Reply.Created,
            };
        };

        var answers = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(Enumerable.Range(0, orders), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, _) =>
        {
            var orderId = string.Create(CultureInfo.InvariantCulture, $"CHAOS-{i}A");
            answers[orderId] = (await app.OrderAsync(Requests.Full(orderId))).Status;
        });
        var ended = TimeProvider.System.GetTimestamp();
        var retry = app.Services.GetRequiredService<RetryQueuedOrders>();
        await AppHost.EventuallyAsync(
            async () =>
            {
                await retry.ExecuteAsync(Token); // As often as it may; the breaker and the orders' own waits are what slows it down.
                return await app.ReadAsync<long>("select count(*) from payment_sessions where state = 'queued'") == 0;
            },
            "every order has its page, with half of the answers still wrong",
            seconds: 240);
        var took = TimeProvider.System.GetElapsedTime(ended);

        Assert.All(answers.Values, status => Assert.True(status is 201 or 202, $"{status}"));
        var unknown = await app.ReadAsync<long>("select (select count(*) from orders where status <> 'awaiting_payment') + (select count(*) from idempotency_store where state <> 'done')");
        var wrong = 0;
        foreach (var orderId in answers.Keys)
        {
            // What the customer pays with is the page that Midtrans would take money on, and the only one.
            var token = await app.ReadAsync<string>("select midtrans_order_id || ' ' || snap_token from payment_sessions where order_id = $1 and state = 'open'", orderId);
            var (id, _) = (token.Split(' ')[0], 0);
            wrong += token == $"{id} {midtrans.LiveToken(id)}" ? 0 : 1;
        }

        var more = await app.ReadAsync<long>("select count(*) from payment_sessions where sequence > 1");
        var doubles = await app.ReadAsync<long>("select count(*) from (select 1 from payment_sessions where state = 'open' group by order_id having count(*) > 1) d");
        var queued = answers.Count(answer => answer.Value == 202);
        FaultReport.Write("F18", new
        {
            Seed = seed,
            Orders = orders,
            Queued = queued,
            Creates = midtrans.Creates,
            Hung = hung,
            FurtherIds = more,
            UnknownLeft = unknown,
            WrongTokens = wrong,
            SecondPages = doubles,
            SecondsAfterTheLastOrder = Math.Round(took.TotalSeconds, 1),
        });
        Assert.Equal(0, unknown);
        Assert.Equal(0, wrong);
        Assert.Equal(0, doubles);
        Assert.Equal((long)orders, await app.ReadAsync<long>("select count(*) from orders"));
        Assert.Equal((long)queued, await app.ReadAsync<long>("select count(*) from notification_outbox where kind = 'payment_link' and channel = 'email'"));
    }

    private static SnapOrder Order { get; } = new("ERR-1A", 450_000, [new SnapItem("kamera-1", "Sewa kamera", 450_000, 1)], new SnapCustomer("Budi", "budi@contoh.id", "+6281234567890"), TimeSpan.FromHours(1));

    private static Task<AppHost> StartAsync(FakeMidtrans midtrans, string attempt = "00:00:00.700") => AppHost.StartAsync(
        ("Midtrans:SnapBaseUrl", midtrans.Address),
        ("Midtrans:ApiBaseUrl", midtrans.Address),
        ("Breakers:Midtrans:AttemptTimeout", attempt),
        ("Breakers:Midtrans:SamplingDuration", "00:00:20"),
        ("Breakers:Midtrans:BreakDuration", "00:00:00.500"),
        ("Breakers:Midtrans:MaxBreakDuration", "00:00:01"),
        ("Orders:RetryAfter", "00:00:00.500"),
        ("Orders:MaxRetryAfter", "00:00:02"),
        ("Orders:ConcurrentCreates", "8"));
}
