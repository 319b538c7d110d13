using System.Globalization;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Features.ApiKeys;
using BuatFilm.Tests.Orders;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BuatFilm.Tests.Webhooks;

/// <summary><c>/api/ops/v1/payment-events</c>.</summary>
public sealed class PaymentEventsApiTests(WebhookHost host) : IClassFixture<WebhookHost>, IAsyncLifetime
{
    private const string Path = "/api/ops/v1/payment-events";

    private HttpClient _ops = null!;

    public ValueTask InitializeAsync()
    {
        _ops = host.App.Client(AppHost.OpsKey);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _ops.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task List_OfOneOrder_ShowsItsEventsNewestFirst_PageByPage()
    {
        await host.PlaceAsync("LIST-1A", 450_000);
        foreach (var status in (string[])["pending", "settlement"])
        {
            await host.SendAsync(Truthful(WebhookHost.News("LIST-1A", "list-1", status)));
        }

        await host.SendAsync(Truthful(WebhookHost.News("LIST-1A", "list-2", "deny")));
        await host.SettledAsync("LIST-1A");

        var seen = new List<string>();
        var cursor = string.Empty;
        do
        {
            var page = (await _ops.AskAsync($"{Path}?orderId=LIST-1A&limit=2{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}")).Json;
            seen.AddRange(page["items"]!.AsArray().Select(item => $"{item!["transactionId"]} {item["transactionStatus"]} {item["outcome"]}"));
            cursor = (string?)page["nextCursor"] ?? string.Empty;
        }
        while (cursor.Length > 0);

        Assert.Equal(["list-2 deny applied", "list-1 settlement applied", "list-1 pending applied"], seen);
        var item = (await _ops.AskAsync($"{Path}?orderId=LIST-1A&limit=1")).Json["items"]![0]!.AsObject();
        Assert.Equal((450_000, "LIST-1A", "bank_transfer", "notification", false), ((long)item["grossAmount"]!, (string?)item["orderId"], (string?)item["paymentType"], (string?)item["source"], (bool)item["awaitsVerification"]!));
        Assert.DoesNotContain(item, member => member.Key.Contains("raw", StringComparison.OrdinalIgnoreCase) || member.Key == "payload");
    }

    [Fact]
    public async Task List_ByOutcome_ShowsOnlyThose()
    {
        await host.SendAsync(WebhookHost.News("NOBODY-1A", "nobody-1", "settlement"));

        var page = (await _ops.AskAsync($"{Path}?outcome=unknown_order")).Json;

        Assert.Contains(page["items"]!.AsArray(), item => (string?)item!["midtransOrderId"] == "NOBODY-1A");
        Assert.All(page["items"]!.AsArray(), item => Assert.Equal("unknown_order", (string?)item!["outcome"]));
    }

    [Theory]
    [InlineData("?outcome=paid", "validation_failed")]
    [InlineData("?cursor=nonsense!", "invalid_cursor")]
    [InlineData("?cursor=YQ", "invalid_cursor")]
    [InlineData("?limit=many", "malformed_request")]
    public async Task List_AskedWrongly_SaysWhat(string query, string code)
    {
        (await _ops.AskAsync(Path + query)).MustBeProblem(400, code);
    }

    [Fact]
    public async Task Event_ShowsItsBody_MaskedUnlessTheCallerMaySeeIt_AndWhoSawItIsKept()
    {
        await host.PlaceAsync("RAW-1A", 450_000);
        var news = Truthful(WebhookHost.News("RAW-1A", "raw-1", "settlement"));
        await host.SendAsync(news);
        var id = await IdAsync("raw-1");
        await TestPostgres.ExecuteAsync(
            host.App.ConnectionString,
            "insert into api_keys (name, kind, role, digest, hint, created_by) values ('finance', 'ops', 'Finance', sha256('a-key-of-finance-for-tests'), 'a-key', 'test')");
        await host.App.Services.GetRequiredService<ApiKeyKeeper>().ReloadAsync(TestContext.Current.CancellationToken);
        using var finance = host.App.Client("a-key-of-finance-for-tests");

        var masked = (await _ops.AskAsync($"{Path}/{id}")).Json;
        var raw = (await finance.AskAsync($"{Path}/{id}")).Json;

        Assert.True((bool)masked["isMasked"]!);
        Assert.DoesNotContain("81720450001234567", (string)masked["payload"]!, StringComparison.Ordinal);
        Assert.DoesNotContain((string)news["signature_key"]!, (string)masked["payload"]!, StringComparison.Ordinal);
        Assert.Contains("settlement", (string)masked["payload"]!, StringComparison.Ordinal);
        Assert.False((bool)raw["isMasked"]!);
        Assert.Equal(news.ToJsonString(), (string?)raw["payload"]);
        Assert.Equal("RAW-1A", (string?)raw["event"]!["orderId"]);
        Assert.Equal("api:finance", await host.App.ReadAsync<string>("select string_agg(actor, ',') from audit_log where action = 'payment-events:read-raw' and target = $1", $"payment-event:{id}"));
        (await _ops.AskAsync($"{Path}/999999999")).MustBeProblem(404, "payment_event_not_found");
    }

    [Fact]
    public async Task Reprocess_OfAnEventThatWaits_AppliesWhatMidtransSays_AndNothingElse()
    {
        await host.PlaceAsync("AGAIN-1A", 450_000);
        await host.SendAsync(Truthful(WebhookHost.News("AGAIN-1A", "again-1", "settlement")));
        await host.SettledAsync("AGAIN-1A");
        host.Status.IsDown = true;
        try
        {
            var refund = WebhookHost.News("AGAIN-1A", "again-1", "refund");
            refund["refund_amount"] = "450000.00";
            Assert.Equal((200, "pending_verification"), await host.SendAsync(refund));
            var id = await host.App.ReadAsync<long>("select id from payment_events where transaction_id = 'again-1' and transaction_status = 'refund'");

            // Midtrans cannot be asked: nothing is applied on a person's word.
            var waits = await ReprocessAsync(id, """{"reason":"Pelanggan menelepon\u0007"}""");
            Assert.Equal((202, "pending_verification"), (waits.Status, (string?)waits.Json["outcome"]));
            Assert.Equal("paid", await host.App.StatusOfAsync("AGAIN-1A"));

            host.Status.Tell("again-1", refund);
            host.Status.IsDown = false;
            await AppHost.EventuallyAsync(
                async () =>
                {
                    var answer = await ReprocessAsync(id);
                    return answer is { Status: 200 } && (string?)answer.Json["outcome"] == "applied" || answer.Status == 409;
                },
                "Midtrans is asked, and says so",
                seconds: 45);
            await AppHost.EventuallyAsync(async () => await host.App.StatusOfAsync("AGAIN-1A") == "refunded", "the refund is applied");
            Assert.Equal("Pelanggan menelepon", await host.App.ReadAsync<string>("select reason from audit_log where action = 'payment-events:reprocess' and outcome = 'done' and actor = 'api:test' and target = $1 order by id limit 1", $"payment-event:{id}"));
            Assert.Equal("pending_verification", await host.App.ReadAsync<string>("select data ->> 'before' from audit_log where action = 'payment-events:reprocess' and target = $1 order by id limit 1", $"payment-event:{id}"));
        }
        finally
        {
            host.Status.IsDown = false;
        }
    }

    [Fact]
    public async Task Reprocess_OfARefutedForgery_StaysRefuted()
    {
        await host.PlaceAsync("FORGED-1A", 450_000);
        host.Status.Tell("forged-1", WebhookHost.News("FORGED-1A", "forged-1", "pending"));
        await host.SendAsync(WebhookHost.News("FORGED-1A", "forged-1", "settlement"));
        await AppHost.EventuallyAsync(async () => await host.App.StatusOfAsync("FORGED-1A") == "on_hold", "it is refuted");
        var id = await host.App.ReadAsync<long>("select id from payment_events where transaction_id = 'forged-1' and transaction_status = 'settlement'");

        var answer = await ReprocessAsync(id);

        Assert.Equal((200, "refuted"), (answer.Status, (string?)answer.Json["outcome"]));
        Assert.Equal(0, await host.App.ReadAsync<long>("select paid_amount from orders where order_id = 'FORGED-1A'"));
    }

    [Fact]
    public async Task Reprocess_OfAnUnknownOrderThatIsPlacedNow_AppliesIt()
    {
        await host.SendAsync(Truthful(WebhookHost.News("EARLY-1A", "early-1", "settlement")));
        var id = await IdAsync("early-1");
        (await ReprocessAsync(id)).MustBeProblem(409, "nothing_to_reprocess");
        await host.PlaceAsync("EARLY-1A", 450_000);

        var answer = await ReprocessAsync(id);

        Assert.Equal((200, "applied"), (answer.Status, (string?)answer.Json["outcome"]));
        Assert.Equal("paid", await host.App.StatusOfAsync("EARLY-1A"));
        Assert.Equal("EARLY-1A", await host.App.ReadAsync<string>("select order_id from payment_events where id = $1", id));
        Assert.Equal("refused,done", await host.App.ReadAsync<string>("select string_agg(outcome, ',' order by id) from audit_log where action = 'payment-events:reprocess' and target = $1", $"payment-event:{id}"));
    }

    [Fact]
    public async Task Reprocess_OfWhatIsSettled_IsNothingToDo()
    {
        await host.PlaceAsync("DONE-1A", 450_000);
        await host.SendAsync(Truthful(WebhookHost.News("DONE-1A", "done-1", "settlement")));
        await host.SettledAsync("DONE-1A");

        (await ReprocessAsync(await IdAsync("done-1"))).MustBeProblem(409, "nothing_to_reprocess");
        (await ReprocessAsync(999_999_999)).MustBeProblem(404, "payment_event_not_found");
    }

    [Fact]
    public async Task Routes_AreForStaffOnly()
    {
        (await host.App.Anonymous.AskAsync(Path)).MustBeProblem(401, "api_key_missing");
        (await host.App.Storefront.AskAsync(Path)).MustBeProblem(403, "forbidden");
        (await host.App.Storefront.AskAsync(HttpMethod.Post, $"{Path}/1/reprocess")).MustBeProblem(403, "forbidden");
    }

    private Task<Answer> ReprocessAsync(long id, string? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"{Path}/{id}/reprocess"));
        if (body is not null)
        {
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        }

        return _ops.AskAsync(request);
    }

    private Task<long> IdAsync(string transactionId) => host.App.ReadAsync<long>("select id from payment_events where transaction_id = $1 order by id limit 1", transactionId);

    private JsonObject Truthful(JsonObject news)
    {
        host.Status.Tell((string)news["transaction_id"]!, news);
        return news;
    }
}
