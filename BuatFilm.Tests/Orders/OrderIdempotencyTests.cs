using System.Text;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Orders;

public sealed class OrderIdempotencyTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task PlaceOrder_ManyTimesAtOnceUnderEachKey_MakesOneOrderPerKey()
    {
        await RaceAsync("RACE", keys: 100, copies: 20, app);
    }

    [Fact]
    public async Task PlaceOrder_ManyTimesAtOnceOnTwoNodes_MakesOneOrderPerKey()
    {
        await using var second = await app.StartSiblingAsync();

        await RaceAsync("NODES", keys: 40, copies: 20, app, second);
    }

    [Fact]
    public async Task PlaceOrder_WithoutAnIdManyTimesAtOnce_MakesOneOrder()
    {
        var key = Guid.NewGuid().ToString();
        var before = await app.ReadAsync<long>("select count(*) from orders where order_id like 'BF-%'");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.OrderAsync(Requests.Full(), key)));

        Assert.Single(answers.Where(answer => answer.Status == 201).Select(answer => (string?)answer.Json["orderId"]).Distinct());
        Assert.Equal(before + 1, await app.ReadAsync<long>("select count(*) from orders where order_id like 'BF-%'"));
    }

    [Fact]
    public async Task PlaceOrder_RepeatedUnderItsKey_IsReplayedToTheByte()
    {
        var key = Guid.NewGuid().ToString();
        var first = await app.OrderAsync(Requests.Full("REPLAY-1A"), key);

        var second = await app.OrderAsync(Requests.Full("REPLAY-1A"), key);

        Assert.True(second.IsReplay);
        MustBeTheSame(first, second);
    }

    [Theory]
    [InlineData("items[0].price", "450001")]
    [InlineData("items[0].quantity", "2")]
    [InlineData("customer.email", "\"lain@contoh.id\"")]
    [InlineData("metadata", "{\"cart\":\"C-78\"}")]
    [InlineData("unknown", "1")]
    [InlineData("orderId", "\"OTHER-1A\"")]
    public async Task PlaceOrder_WithTheKeyOfAnother_IsRefused(string path, string json)
    {
        var key = Guid.NewGuid().ToString();
        var orderId = $"REUSE-{key[..8]}";
        Assert.Equal(201, (await app.OrderAsync(Requests.Full(orderId).With("grossAmount", null), key)).Status);
        var before = await app.CountRowsAsync();

        var answer = await app.OrderAsync(Requests.Full(orderId).With("grossAmount", null).With(path, json), key);

        answer.MustBeProblem(422, "idempotency_key_reused");
        Assert.Equal(before, await app.CountRowsAsync());
    }

    [Fact]
    public async Task PlaceOrder_SpeltDifferentlyUnderItsKey_IsReplayed()
    {
        var key = Guid.NewGuid().ToString();
        var order = Requests.Full("SPELT-1A");
        var first = await app.OrderAsync(order, key);
        string[] spellings =
        [
            new JsonObject(order.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString(),
            " \r\n\t" + order.ToJsonString(new() { WriteIndented = true }) + "\n",
            order.ToJsonString().Replace("Budi", "\\u0042\\u0075di", StringComparison.Ordinal),
            order.ToJsonString().Replace("C-77", "C\\u002d77", StringComparison.Ordinal),
        ];

        foreach (var spelling in spellings)
        {
            var again = await app.Anonymous.AskAsync(Storefront.Request(spelling, key));
            Assert.True(again.IsReplay, $"{again} for {spelling}");
            MustBeTheSame(first, again);
        }

        // The body's length is not known beforehand, and counts all the same.
        var chunked = Storefront.Request(order, key);
        chunked.Headers.TransferEncodingChunked = true;
        MustBeTheSame(first, await app.Anonymous.AskAsync(chunked));
        var other = Storefront.Request(order.DeepClone().AsObject().With("locale", "\"id\""), key);
        other.Headers.TransferEncodingChunked = true;
        (await app.Anonymous.AskAsync(other)).MustBeProblem(422, "idempotency_key_reused");
    }

    [Fact]
    public async Task PlaceOrder_WithAKnownIdUnderAnotherKey_IsRefusedAndTheFirstStays()
    {
        var first = await app.OrderAsync(Requests.Full("EXISTS-1A"));
        var before = await app.CountRowsAsync();

        var key = Guid.NewGuid().ToString();
        (await app.OrderAsync(Requests.Full("EXISTS-1A"), key)).MustBeProblem(409, "order_exists");

        // Another storefront learns no more than that the id is taken.
        using var request = Storefront.Request(Encoding.UTF8.GetBytes(Requests.Full("EXISTS-1A").ToJsonString()), apiKey: AppHost.OtherStorefrontKey);
        (await app.Anonymous.AskAsync(request)).MustBeProblem(409, "order_exists");

        var after = await app.CountRowsAsync();
        Assert.Equal([before[0], before[1], before[2]], after[..3]);
        Assert.Equal((string?)first.Json["snapToken"], (string?)(await app.FindAsync("EXISTS-1A")).Json["snapToken"]);
        Assert.Equal(1, await CreatesAsync("EXISTS-1A"));
    }

    [Fact]
    public async Task PlaceOrder_UnderTheKeyOfAnotherStorefront_IsAnOrderOfItsOwn()
    {
        var key = Guid.NewGuid().ToString();
        var first = await app.OrderAsync(Requests.Full("SCOPE-1A"), key);

        using var request = Storefront.Request(Encoding.UTF8.GetBytes(Requests.Full("SCOPE-1B").ToJsonString()), key, apiKey: AppHost.OtherStorefrontKey);
        var second = await app.Anonymous.AskAsync(request);

        Assert.Equal((201, 201), (first.Status, second.Status));
        Assert.False(second.IsReplay);
        Assert.Equal("SCOPE-1B", (string?)second.Json["orderId"]);
    }

    [Fact]
    public async Task PlaceOrder_UnderAQuotedKey_IsTheSameKey()
    {
        var key = Guid.NewGuid().ToString();
        var first = await app.OrderAsync(Requests.Full("QUOTED-1A"), key);

        MustBeTheSame(first, await app.OrderAsync(Requests.Full("QUOTED-1A"), $"\"{key}\""));
    }

    private async Task RaceAsync(string name, int keys, int copies, params AppHost[] nodes)
    {
        var orders = Enumerable.Range(0, keys).Select(i => (OrderId: $"{name}-{i}A", Key: $"{name}-{Guid.NewGuid()}")).ToList();
        var started = TimeProvider.System.GetTimestamp();
        var answers = new List<Answer>[keys];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, keys),
            new ParallelOptions { MaxDegreeOfParallelism = 5, CancellationToken = TestContext.Current.CancellationToken },
            async (i, _) => answers[i] = [.. await Task.WhenAll(Enumerable.Range(0, copies).Select(copy => nodes[copy % nodes.Length].OrderAsync(AppHost.Order(orders[i].OrderId), orders[i].Key)))]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{keys * copies} requests in {TimeProvider.System.GetElapsedTime(started)}");

        for (var i = 0; i < keys; i++)
        {
            answers[i].Add(await nodes[i % nodes.Length].OrderAsync(AppHost.Order(orders[i].OrderId), orders[i].Key));
            Assert.True(answers[i][^1].IsReplay, answers[i][^1].ToString());
        }

        var all = answers.SelectMany(list => list).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", all.CountBy(answer => (answer.Status, answer.IsReplay))));
        Assert.All(all, answer => Assert.True(answer.Status == 201 || (answer.Status == 409 && answer.Code == "request_in_progress" && answer.Headers.ContainsKey("Retry-After")), answer.ToString()));
        Assert.Equal(keys, all.Count(answer => answer is { Status: 201, IsReplay: false }));
        foreach (var list in answers)
        {
            var created = list.Where(answer => answer.Status == 201).ToList();
            Assert.All(created, answer => MustBeTheSame(created[0], answer));
        }

        Assert.Equal(keys, await app.ReadAsync<long>("select count(*) from orders where order_id like $1", $"{name}-%"));
        Assert.Equal(keys, await app.ReadAsync<long>("select count(*) from order_lines where order_id like $1", $"{name}-%"));
        Assert.Equal(keys, await app.ReadAsync<long>("select sum(attempts)::bigint from payment_sessions where order_id like $1", $"{name}-%"));
        Assert.Equal(keys, await app.ReadAsync<long>("select count(*) from idempotency_store where key like $1 and state = 'done' and attempt = 1", $"{name}-%"));

        var creates = (await app.MidtransStatisticsAsync())["snapCreatesByOrder"]!.AsObject();
        Assert.All(orders, order => Assert.Equal(1, (int?)creates[order.OrderId]));
    }

    private async Task<int?> CreatesAsync(string orderId) => (int?)(await app.MidtransStatisticsAsync())["snapCreatesByOrder"]![orderId];

    private static void MustBeTheSame(Answer first, Answer second)
    {
        Assert.Equal(first.Status, second.Status);
        Assert.Equal(first.Body, second.Body);
        Assert.Equal(Lasting(first), Lasting(second));
    }

    private static SortedDictionary<string, string> Lasting(Answer answer) =>
        new(answer.Headers.Where(header => header.Key is not ("Date" or "Idempotent-Replayed")).ToDictionary(header => header.Key, header => header.Value), StringComparer.OrdinalIgnoreCase);
}
