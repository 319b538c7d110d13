using System.Globalization;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Orders;

public sealed class PlaceOrderTests(AppHost app) : IClassFixture<AppHost>
{
    [Fact]
    public async Task PlaceOrder_WithAValidRequest_AnswersAsTheContractSays()
    {
        var before = TimeProvider.System.GetUtcNow();

        var answer = await app.OrderAsync(Requests.Full("PLACE-1A"));

        Assert.Equal(201, answer.Status);
        Assert.Equal("application/json; charset=utf-8", answer.Headers["Content-Type"]);
        Assert.Equal("/api/v1/orders/PLACE-1A", answer.Headers["Location"]);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.False(answer.IsReplay);
        Assert.Equal(["orderId", "status", "snapToken", "redirectUrl", "expiresAt"], answer.Json.Select(member => member.Key));
        Assert.Equal("PLACE-1A", (string?)answer.Json["orderId"]);
        Assert.Equal("awaiting_payment", (string?)answer.Json["status"]);
        Assert.True(Guid.TryParse((string?)answer.Json["snapToken"], out _));
        Assert.EndsWith((string)answer.Json["snapToken"]!, (string?)answer.Json["redirectUrl"], StringComparison.Ordinal);

        var expiresAt = DateTimeOffset.Parse((string)answer.Json["expiresAt"]!, CultureInfo.InvariantCulture);
        Assert.Equal(TimeSpan.Zero, expiresAt.Offset);
        Assert.InRange(expiresAt - before, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
    }

    [Fact]
    public async Task PlaceOrder_WithAValidRequest_KeepsEverything()
    {
        await app.OrderAsync(Requests.Full("PLACE-2A"));

        Assert.Equal("awaiting_payment", await app.StatusOfAsync("PLACE-2A"));
        Assert.Equal(
            "test|600000|Budi Santoso|budi@contoh.id|+6281234567890|en|C-77",
            await app.ReadAsync<string>("select concat_ws('|', storefront, gross_amount, customer_name, customer_email, customer_phone, locale, metadata ->> 'cart') from orders where order_id = $1", "PLACE-2A"));
        Assert.Equal(
            "1 kamera-1 450000x1, 2 lampu-2 75000x2",
            await app.ReadAsync<string>("select string_agg(format('%s %s %sx%s', position, item_id, price, quantity), ', ' order by position) from order_lines where order_id = $1", "PLACE-2A"));
        Assert.Equal(
            "PLACE-2A|1|open|1",
            await app.ReadAsync<string>("select concat_ws('|', midtrans_order_id, sequence, state, attempts, lease_owner, last_error) from payment_sessions where order_id = $1", "PLACE-2A"));

        // Who got the token in the answer needs no mail with it.
        Assert.Equal(0, await app.ReadAsync<long>("select count(*) from notification_outbox where order_id = $1", "PLACE-2A"));
    }

    [Fact]
    public async Task PlaceOrder_WithoutAnOrderId_MakesOne()
    {
        var answer = await app.OrderAsync(Requests.Full());

        var orderId = (string)answer.Json["orderId"]!;
        Assert.Equal(201, answer.Status);
        Assert.Matches("^BF-[0-9]{6}-[0-9A-Z]{10}$", orderId);
        Assert.Equal($"/api/v1/orders/{orderId}", answer.Headers["Location"]);
        Assert.Equal(200, (await app.FindAsync(orderId)).Status);
    }

    [Fact]
    public async Task PlaceOrder_WithOnlyWhatIsRequired_TakesTheDefaults()
    {
        var answer = await app.OrderAsync(AppHost.Order("PLACE-3A"));

        var expiresAt = DateTimeOffset.Parse((string)answer.Json["expiresAt"]!, CultureInfo.InvariantCulture);
        Assert.InRange(expiresAt - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1438), TimeSpan.FromMinutes(1441));
        Assert.Equal("id", await app.ReadAsync<string>("select locale from orders where order_id = $1", "PLACE-3A"));
        Assert.True(await app.ReadAsync<bool>("select metadata is null from orders where order_id = $1", "PLACE-3A"));
    }

    [Fact]
    public async Task PlaceOrder_WithUnknownMembers_IgnoresThem()
    {
        var order = Requests.Full("PLACE-4A").With("unknown", "{\"a\":[1,2]}").With("customer.title", "\"Bapak\"").With("items[0].colour", "\"hitam\"");

        Assert.Equal(201, (await app.OrderAsync(order)).Status);
    }

    [Theory]
    [InlineData("PLACE-5A", "Ni Luh 👩🏽‍🎬 Ayu")]
    [InlineData("PLACE-5B", "Robert'); drop table orders;--")]
    [InlineData("PLACE-5C", "<script>alert(1)</script> & \"Co\"")]
    [InlineData("~._-", "王小明 Ωμέγα")]
    public async Task PlaceOrder_WithUnusualText_KeepsItAsItIs(string orderId, string name)
    {
        var order = AppHost.Order(orderId).With("customer.name", JsonValue.Create(name).ToJsonString()).With("items[0].name", JsonValue.Create(name).ToJsonString());

        var answer = await app.OrderAsync(order);

        Assert.Equal(201, answer.Status);
        Assert.Equal(name, await app.ReadAsync<string>("select customer_name from orders where order_id = $1", orderId));
        Assert.Equal(200, (await app.FindAsync(orderId)).Status);
    }

    [Theory]
    [InlineData("PLACE-6A", "x")]
    [InlineData("PLACE-6B", "é")]
    [InlineData("PLACE-6C", "🎬")]
    public async Task PlaceOrder_WithAHundredItemsOfTheLongestText_IsTaken(string orderId, string letter)
    {
        var length = letter.Length;
        var items = Enumerable.Range(0, 100).Select(i => (JsonNode)new JsonObject
        {
            ["id"] = string.Create(CultureInfo.InvariantCulture, $"{i:00}") + string.Concat(Enumerable.Repeat(letter, 48 / length)),
            ["name"] = string.Concat(Enumerable.Repeat(letter, 200 / length)),
            ["price"] = 999_999,
            ["quantity"] = 10_000,
        });
        var order = AppHost.Order(orderId);
        order["items"] = new JsonArray([.. items]);

        var answer = await app.OrderAsync(order);

        Assert.True(answer.Status == 201, answer.ToString());
        Assert.Equal(100, await app.ReadAsync<long>("select count(*) from order_lines where order_id = $1", orderId));
    }

    [Fact]
    public async Task PlaceOrder_UnderTheOtherHeaderForTheKey_IsTheSameStorefront()
    {
        using var request = Storefront.Request(AppHost.Order("PLACE-7A"));
        request.Headers.Authorization = null;
        request.Headers.Add("X-Api-Key", AppHost.StorefrontKey);

        Assert.Equal(201, (await app.Anonymous.AskAsync(request)).Status);
        Assert.Equal(200, (await app.FindAsync("PLACE-7A")).Status);
    }

    [Fact]
    public async Task FindOrder_OfItsOwn_SaysHowItStands()
    {
        var placed = await app.OrderAsync(Requests.Full("FIND-1A"));

        var found = await app.FindAsync("FIND-1A");

        Assert.Equal(200, found.Status);
        Assert.Equal(
            ["orderId", "status", "grossAmount", "refundedAmount", "chargedBackAmount", "snapToken", "redirectUrl", "expiresAt", "createdAt"],
            found.Json.Select(member => member.Key));
        Assert.Equal(("awaiting_payment", 600_000L, 0L), ((string?)found.Json["status"], (long)found.Json["grossAmount"]!, (long)found.Json["refundedAmount"]!));
        Assert.Equal((string?)placed.Json["snapToken"], (string?)found.Json["snapToken"]);
        Assert.Equal((string?)placed.Json["expiresAt"], (string?)found.Json["expiresAt"]);
    }

    [Theory]
    [InlineData("FIND-2A")]
    [InlineData("FIND-UNKNOWN")]
    [InlineData("a%20b")]
    [InlineData("a%2Fb")]
    [InlineData("%F0%9F%8E%AC")]
    [InlineData("%ff")]
    [InlineData("' or 1=1--")]
    [InlineData("12345678901234567890123456789012345678901")]
    public async Task FindOrder_OfAnotherOrOfNobody_IsNotFound(string orderId)
    {
        if (orderId == "FIND-2A")
        {
            Assert.Equal(201, (await app.OrderAsync(AppHost.Order(orderId))).Status);
        }

        using var other = app.Client(AppHost.OtherStorefrontKey);
        var answer = await other.AskAsync($"{Storefront.Orders}/{orderId}");

        answer.MustBeProblem(404, answer.Code == "not_found" ? "not_found" : "order_not_found");
    }

    [Fact]
    public async Task FindOrder_WithTheWrongKey_IsRefused()
    {
        (await app.Anonymous.AskAsync($"{Storefront.Orders}/X")).MustBeProblem(401, "api_key_missing");
        (await app.Anonymous.AskAsync($"{Storefront.Orders}/X", ("X-Api-Key", AppHost.OpsKey))).MustBeProblem(403, "forbidden");
    }
}
