using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Webhooks;

/// <summary>Every delivery order of every known sequence, with duplicates, through the endpoint.</summary>
public sealed class MidtransSequencesTests(WebhookHost host) : IClassFixture<WebhookHost>
{
    private static readonly string[] PaidFamily = ["paid", "partially_refunded", "refunded", "partially_charged_back", "charged_back"];

    public static TheoryData<string> Sequences => [.. Names()];

    [Theory]
    [MemberData(nameof(Sequences))]
    public async Task Sequence_InEveryOrderWithDuplicates_EndsAsExpected(string name)
    {
        var sequence = All().Single(candidate => (string?)candidate["name"] == name);
        var files = sequence["deliveries"]!.AsArray().Select(file => (string)file!).ToList();
        var runs = 0;

        foreach (var permutation in Permutations(files))
        {
            var suffix = $"-{name.Length}{runs++}";
            var orderId = await PlaceAsync(sequence, files[0], suffix);

            // Each twice in its turn, and all of them once more at the end.
            foreach (var file in permutation.SelectMany(file => new[] { file, file }).Concat(permutation))
            {
                var (status, outcome) = await host.App.NotifyAsync(Renamed(Payload.Read(file), suffix).ToBytes());
                Assert.True(status == 200, $"{name}, {string.Join(" > ", permutation)}: {file} was answered {status} {outcome}.");
            }

            await AssertEndAsync((string)sequence["expected"]!, orderId, $"{name}: {string.Join(" > ", permutation)}");
        }

        Assert.Equal(Factorial(files.Count), runs);
    }

    private async Task<string?> PlaceAsync(JsonObject sequence, string first, string suffix)
    {
        foreach (var (transactionId, file) in sequence["truth"]!.AsObject())
        {
            host.Status.Tell(transactionId + suffix, Renamed(Payload.Read((string)file!), suffix));
        }

        if ((string?)sequence["expected"] == "no_order")
        {
            return null;
        }

        // A card may be captured for less than it was authorized for; the order is of the whole.
        var amount = sequence["deliveries"]!.AsArray().Max(file => decimal.Parse((string)Payload.Read((string)file!)["gross_amount"]!, System.Globalization.CultureInfo.InvariantCulture));
        var orderId = (string)Payload.Read(first)["order_id"]! + suffix;
        await host.PlaceAsync(orderId, (long)amount);
        return orderId;
    }

    private async Task AssertEndAsync(string expected, string? orderId, string what)
    {
        if (orderId is null)
        {
            return;
        }

        await host.SettledAsync(orderId);
        var status = await host.App.StatusOfAsync(orderId);
        switch (expected.Split(':'))
        {
            case ["not_paid"]:
                Assert.True(!PaidFamily.Contains(status) && status != "on_hold", $"{what}: {status}");
                break;
            case ["refunded", var amount]:
                Assert.True(status == "refunded", $"{what}: {status}");
                Assert.Equal(long.Parse(amount.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture), await host.App.ReadAsync<long>("select refunded_amount from orders where order_id = $1", orderId));
                break;
            default:
                Assert.True(status == expected, $"{what}: {status}");
                break;
        }

        foreach (var channel in new[] { "email", "whatsapp" })
        {
            var messages = await host.App.ReadAsync<long>("select count(*) from notification_outbox where order_id = $1 and kind = 'payment_received' and channel = $2", orderId, channel);
            Assert.True(messages <= 1 && (expected != "paid" || messages == 1), $"{what}: {messages} messages of one payment by {channel}.");
        }
    }

    /// <summary>The same body for an order and a payment of its own, signed afresh.</summary>
    private static JsonObject Renamed(JsonObject body, string suffix)
    {
        if (!((string)body["order_id"]!).StartsWith("payment_notif_test_", StringComparison.Ordinal))
        {
            body["order_id"] = (string)body["order_id"]! + suffix;
        }

        body["transaction_id"] = (string)body["transaction_id"]! + suffix;
        return AppHost.Sign(body);
    }

    private static IEnumerable<JsonObject> All() => JsonNode.Parse(Payload.Bytes("sequences.json"))!.AsArray().Select(sequence => sequence!.AsObject());

    private static IEnumerable<string> Names() => All().Select(sequence => (string)sequence["name"]!);

    private static IEnumerable<List<string>> Permutations(List<string> items) => items.Count <= 1
        ? [items]
        : items.SelectMany((item, index) => Permutations([.. items.Where((_, other) => other != index)]).Select(rest => (List<string>)[item, .. rest]));

    private static int Factorial(int number) => number <= 1 ? 1 : number * Factorial(number - 1);
}
