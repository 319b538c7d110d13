using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Orders;

/// <summary>Bodies that nobody thought of.</summary>
/// <remarks><c>BUATFILM_FUZZ_COUNT</c> and <c>BUATFILM_FUZZ_SEED</c> ask for more, and for the same again.</remarks>
public sealed class FuzzTests(AppHost app) : IClassFixture<AppHost>
{
    private static readonly int Count = Setting("BUATFILM_FUZZ_COUNT") ?? 300;

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e300", "1e-400000", "-1e400000", "99999999999999999999999999", "0.1", "\"\"", "\"\\u0000\"", "\"@half@\"", "\"🎬\"", "[]", "{}", "[[[[]]]]",
        "\"2026-11-23 10:00:00\"", "\"NaN\"", "\"..\"", "\"%00\"", "\"'; drop table orders;--\"", "\"settlement\"", "\"450000.00\"",
    ];

    private static readonly string[] Pieces =
        ["\0", "\\u0000", "\\ud83d", "\"", "{", "}", "[", "]", ",", ":", "1e999999", "-", "é", "\u2028", "\\", "/*", "NaN", "{\"a\":", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["];

    [Fact]
    public async Task Orders_OfMutatedBodies_AreNeverAnsweredWith500()
    {
        await FuzzAsync(random =>
        {
            var body = Mutated(Requests.Full(string.Create(CultureInfo.InvariantCulture, $"F-{random.Next()}")), random);
            return Storefront.Request(body);
        });
    }

    [Fact]
    public async Task Notifications_OfMutatedBodies_AreNeverAnsweredWith500()
    {
        Assert.Equal(201, (await app.OrderAsync(AppHost.Order("FUZZ-1A"))).Status);

        await FuzzAsync(random => new HttpRequestMessage(HttpMethod.Post, "/api/v1/midtrans/notifications")
        {
            Content = new ByteArrayContent(Mutated(Notification(random), random)) { Headers = { { "Content-Type", "application/json" } } },
        });
    }

    private async Task FuzzAsync(Func<Random, HttpRequestMessage> make)
    {
        var seed = Setting("BUATFILM_FUZZ_SEED") ?? Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}, {Count} bodies.");

        var statuses = new SortedDictionary<int, int>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Count),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken },
            async (index, _) =>
            {
                var request = make(new Random(unchecked(seed * 397 + index)));
                var sent = await request.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

                var answer = await app.Anonymous.AskAsync(request);

                Assert.True(answer.Status < 500, $"Seed {seed}, number {index}: {answer}\nfor {Encoding.UTF8.GetString(sent)}");
                lock (statuses)
                {
                    statuses[answer.Status] = statuses.GetValueOrDefault(answer.Status) + 1;
                }
            });

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses.Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.Equal(200, (await app.Anonymous.AskAsync("/health/ready")).Status);
        Assert.Equal(201, (await app.OrderAsync(Requests.Full())).Status);
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from orders o where not exists (select 1 from payment_sessions s where s.order_id = o.order_id) or not exists (select 1 from order_lines l where l.order_id = o.order_id)"));
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from idempotency_store where state <> 'done'"));
    }

    /// <summary>Half of them keep their syntax and get one strange value; the others are torn up.</summary>
    private static byte[] Mutated(JsonObject body, Random random)
    {
        if (random.Next(2) == 0)
        {
            Replace(body, random);
            if (body.ContainsKey("signature_key") && random.Next(4) > 0)
            {
                TrySign(body);
            }

            return Encoding.UTF8.GetBytes(body.ToJsonString().Replace("@half@", "\\ud800", StringComparison.Ordinal));
        }

        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString()).ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    private static void Replace(JsonObject body, Random random)
    {
        JsonNode? node = body;
        while (true)
        {
            switch (node)
            {
                case JsonObject { Count: > 0 } members:
                    var name = members.ElementAt(random.Next(members.Count)).Key;
                    if (members[name] is JsonObject { Count: > 0 } or JsonArray { Count: > 0 } && random.Next(4) > 0)
                    {
                        node = members[name];
                        break;
                    }

                    members[name] = Strange(random);
                    return;
                case JsonArray { Count: > 0 } items:
                    var index = random.Next(items.Count);
                    if (items[index] is JsonObject && random.Next(4) > 0)
                    {
                        node = items[index];
                        break;
                    }

                    items[index] = Strange(random);
                    return;
                default:
                    return;
            }
        }
    }

    private static JsonNode? Strange(Random random) => JsonNode.Parse(Values[random.Next(Values.Length)]);

    private static void TrySign(JsonObject body)
    {
        try
        {
            AppHost.Sign(body);
        }
        catch (InvalidOperationException)
        {
            // One of the signed members is no text any more.
        }
    }

    private static JsonObject Notification(Random random)
    {
        string[] statuses = ["pending", "settlement", "capture", "deny", "cancel", "expire", "refund", "authorize", "failure", "chargeback"];
        var status = statuses[random.Next(statuses.Length)];
        return AppHost.Sign(new JsonObject
        {
            ["transaction_time"] = "2026-11-23 10:00:00",
            ["transaction_status"] = status,
            ["transaction_id"] = Guid.NewGuid().ToString(),
            ["status_message"] = "midtrans payment notification",
            ["status_code"] = status switch { "pending" => "201", "deny" or "cancel" or "expire" or "failure" => "202", _ => "200" },
            ["signature_key"] = "",
            ["payment_type"] = "bank_transfer",
            ["order_id"] = "FUZZ-1A",
            ["merchant_id"] = "G000000001",
            ["gross_amount"] = "450000.00",
            ["fraud_status"] = "accept",
            ["currency"] = "IDR",
            ["settlement_time"] = "2026-11-23 10:05:00",
            ["va_numbers"] = new JsonArray(new JsonObject { ["va_number"] = "812345", ["bank"] = "bca" }),
            ["refund_amount"] = "100000.00",
            ["refunds"] = new JsonArray(new JsonObject { ["refund_chargeback_id"] = 7, ["refund_amount"] = "100000.00", ["created_at"] = "2026-11-23 11:00:00", ["refund_key"] = "r1" }),
        });
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
