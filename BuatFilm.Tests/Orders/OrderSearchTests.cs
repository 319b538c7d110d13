using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Orders;

/// <summary><c>/api/ops/v1/orders</c>.</summary>
public sealed class OrderSearchTests(AppHost app) : IClassFixture<AppHost>, IAsyncLifetime
{
    private const string Path = "/api/ops/v1/orders";

    private HttpClient _ops = null!;

    public ValueTask InitializeAsync()
    {
        _ops = app.Client(AppHost.OpsKey);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _ops.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task List_ByTheBeginningOfAnId_ShowsThoseNewestFirst_PageByPage()
    {
        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal(201, (await app.OrderAsync(AppHost.Order($"INV-7{i}"))).Status);
        }

        Assert.Equal(201, (await app.OrderAsync(AppHost.Order("INV-8"))).Status);

        var seen = new List<string>();
        var cursor = string.Empty;
        do
        {
            var page = (await _ops.AskAsync($"{Path}?q=INV-7&limit=2{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}")).Json;
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["orderId"]!));
            cursor = (string?)page["nextCursor"] ?? string.Empty;
        }
        while (cursor.Length > 0);

        Assert.Equal(["INV-75", "INV-74", "INV-73", "INV-72", "INV-71"], seen);
    }

    [Fact]
    public async Task List_ByTheCustomer_TakesWhatPeopleType_AndShowsThemMasked()
    {
        var order = AppHost.Order("WHO-1A");
        order["customer"]!["email"] = "siti.rahma@contoh.id";
        order["customer"]!["phone"] = "0813 5555 6666";
        order["customer"]!["name"] = "Siti Rahma";
        Assert.Equal(201, (await app.OrderAsync(order)).Status);

        foreach (var q in (string[])["siti.rahma@contoh.id", "Siti.Rahma@Contoh.id", "0813-5555-6666", "+62 813 5555 6666", "WHO-1A", " WHO-1A "])
        {
            var item = Assert.Single((await _ops.AskAsync($"{Path}?q={Uri.EscapeDataString(q)}")).Json["items"]!.AsArray())!;
            Assert.Equal(("WHO-1A", "S*** R***", "s***@contoh.id", "+6281***666"), ((string?)item["orderId"], (string?)item["customer"]!["name"], (string?)item["customer"]!["email"], (string?)item["customer"]!["phone"]));
        }

        foreach (var q in (string[])["siti.rahma", "rahma@contoh.id", "0813555", "'; drop table orders; --", "%", "WHO_1A", "\0", new string('x', 300)])
        {
            Assert.Empty((await _ops.AskAsync($"{Path}?q={Uri.EscapeDataString(q)}")).Json["items"]!.AsArray());
        }
    }

    [Fact]
    public async Task List_ByStatus_ShowsOnlyThose()
    {
        await app.OrderAsync(AppHost.Order("STAT-1A"));
        await app.OrderAsync(AppHost.Order("STAT-2A"));
        await TestPostgres.ExecuteAsync(app.ConnectionString, "update orders set status = 'cancelled' where order_id = 'STAT-2A'");

        var cancelled = (await _ops.AskAsync($"{Path}?status=cancelled")).Json["items"]!.AsArray();
        var awaiting = (await _ops.AskAsync($"{Path}?status=awaiting_payment&q=STAT-")).Json["items"]!.AsArray();

        Assert.Equal("STAT-2A", (string?)Assert.Single(cancelled)!["orderId"]);
        Assert.Equal("STAT-1A", (string?)Assert.Single(awaiting)!["orderId"]);
    }

    [Theory]
    [InlineData("?status=open", "validation_failed")]
    [InlineData("?cursor=YWJj", "invalid_cursor")]
    [InlineData("?cursor=MQphIGI", "invalid_cursor")]
    [InlineData("?cursor=OTIyMzM3MjAzNjg1NDc3NTgwNwpB", "invalid_cursor")]
    public async Task List_AskedWrongly_SaysWhat(string query, string code)
    {
        (await _ops.AskAsync(Path + query)).MustBeProblem(400, code);
    }

    [Fact]
    public async Task Order_ShowsEverythingThatHappenedToIt_AndNoWayToPayIt()
    {
        var placed = await app.OrderAsync(AppHost.Order("LIFE-1A"));
        var paid = AppHost.Sign(FakeMidtrans.Payment("LIFE-1A", "life-tx", "settlement", 450_000, TimeProvider.System.GetUtcNow()));
        Assert.Equal((200, "applied"), await app.NotifyAsync(System.Text.Encoding.UTF8.GetBytes(paid.ToJsonString())));
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_overview where order_id = 'LIFE-1A' and channel = 'email' and status = 'SENT'") == 1, "the receipt is sent");

        var answer = await _ops.AskAsync($"{Path}/LIFE-1A");
        var order = answer.Json;

        Assert.Equal(200, answer.Status);
        Assert.Equal(("paid", 450_000, "b***@contoh.id", "+6281***890"), ((string?)order["order"]!["status"], (long)order["order"]!["paidAmount"]!, (string?)order["order"]!["customer"]!["email"], (string?)order["order"]!["customer"]!["phone"]));
        Assert.Equal("Sewa kamera", (string?)Assert.Single(order["items"]!.AsArray())!["name"]);
        Assert.Equal("open", (string?)Assert.Single(order["sessions"]!.AsArray())!["state"]);
        Assert.Equal("settlement", (string?)Assert.Single(order["payments"]!.AsArray())!["state"]);
        Assert.Equal("applied", (string?)Assert.Single(order["events"]!.AsArray())!["outcome"]);
        Assert.Contains(order["messages"]!.AsArray(), message => (string?)message!["kind"] == "payment_received" && (string?)message["status"] == "SENT");
        var timeline = order["timeline"]!.AsArray().Select(entry => (string)entry!["what"]!).ToList();
        Assert.Equal(["order_placed", "payment_page_opened", "payment_event"], timeline.Take(3));
        Assert.Contains("message_sent", timeline);
        Assert.Equal(order["timeline"]!.AsArray().Select(entry => (string)entry!["at"]!).Order(StringComparer.Ordinal), order["timeline"]!.AsArray().Select(entry => (string)entry!["at"]!));
        Assert.DoesNotContain("budi@contoh.id", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain((string)placed.Json["snapToken"]!, answer.Text, StringComparison.Ordinal);

        (await _ops.AskAsync($"{Path}/NOBODYS-1A")).MustBeProblem(404, "order_not_found");
        (await _ops.AskAsync($"{Path}/a%20b")).MustBeProblem(404, "order_not_found");
    }

    // A storefront's key may read orders, but only its own, by its own route.
    [Fact]
    public async Task Routes_AreForStaffOnly()
    {
        await app.OrderAsync(AppHost.Order("SHOP-1A"));
        using var other = app.Client(AppHost.OtherStorefrontKey);

        (await app.Anonymous.AskAsync(Path)).MustBeProblem(401, "api_key_missing");
        (await app.Storefront.AskAsync(Path)).MustBeProblem(403, "forbidden");
        (await other.AskAsync($"{Path}/SHOP-1A")).MustBeProblem(403, "forbidden");
        Assert.Equal(404, (await other.AskAsync("/api/v1/orders/SHOP-1A")).Status);
        Assert.Equal(200, (await app.FindAsync("SHOP-1A")).Status);
    }
}
