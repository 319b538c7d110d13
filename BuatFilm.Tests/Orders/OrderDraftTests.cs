using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuatFilm.Core.Orders;

namespace BuatFilm.Tests.Orders;

public sealed class OrderDraftTests
{
    private static readonly string[] KnownPaths = ["orderId", "customer", "items", "grossAmount", "expiresInMinutes", "locale", "metadata", "$"];

    [Fact]
    public void TryRead_OfAFullRequest_TakesEveryMember()
    {
        var draft = Read(Requests.Full("TOKO-1.a_b~c"), out _)!;

        Assert.Equal("TOKO-1.a_b~c", draft.OrderId);
        Assert.Equal(("Budi Santoso", "budi@contoh.id", "+6281234567890"), (draft.CustomerName, draft.CustomerEmail, draft.CustomerPhone));
        Assert.Equal([new OrderDraftItem("kamera-1", "Sewa kamera", 450_000, 1), new OrderDraftItem("lampu-2", "Sewa lampu", 75_000, 2)], draft.Items);
        Assert.Equal(600_000, draft.GrossAmount);
        Assert.Equal(TimeSpan.FromHours(1), draft.ExpiresIn);
        Assert.Equal("en", draft.Locale);
        Assert.Equal("""{"cart":"C-77"}""", draft.Metadata);
    }

    [Theory]
    [InlineData("orderId")]
    [InlineData("grossAmount")]
    [InlineData("expiresInMinutes")]
    [InlineData("locale")]
    [InlineData("metadata")]
    public void TryRead_WithoutAnOptionalMember_TakesItsDefault(string member)
    {
        foreach (var json in new[] { null, "null" })
        {
            var draft = Read(Requests.Full("A").With(member, json), out _)!;

            Assert.Equal(member == "orderId" ? null : "A", draft.OrderId);
            Assert.Equal(600_000, draft.GrossAmount);
            Assert.Equal(member == "expiresInMinutes" ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1), draft.ExpiresIn);
            Assert.Equal(member == "locale" ? "id" : "en", draft.Locale);
            Assert.Equal(member == "metadata", draft.Metadata is null);
        }
    }

    [Theory]
    [InlineData("customer.name", "\"  Budi  \"")]
    [InlineData("customer.name", "\"Ni Luh 👩🏽‍🎬 Ayu\"")]
    [InlineData("items[0].price", "0")]
    [InlineData("items[1].quantity", "10000")]
    [InlineData("expiresInMinutes", "5")]
    [InlineData("expiresInMinutes", "10080")]
    [InlineData("locale", "\"id\"")]
    [InlineData("metadata", "{}")]
    [InlineData("metadata", """{"nested":{"numbers":[1,2.5,-1e10]}}""")]
    [InlineData("unknown", "{\"whatever\":[1]}")]
    [InlineData("items[0].unknown", "true")]
    public void TryRead_AtTheEdgeOfARule_TakesIt(string path, string json)
    {
        var order = Requests.Full().With("grossAmount", null).With(path, json);

        var draft = Read(order, out var errors);

        Assert.Empty(errors);
        Assert.NotNull(draft);
    }

    [Theory]
    [InlineData("orderId", "\"\"", "orderId")]
    [InlineData("orderId", "\"a b\"", "orderId")]
    [InlineData("orderId", "\"a/b\"", "orderId")]
    [InlineData("orderId", "\"a\\n\"", "orderId")]
    [InlineData("orderId", "\"é\"", "orderId")]
    [InlineData("orderId", "\".\"", "orderId")]
    [InlineData("orderId", "\"..\"", "orderId")]
    [InlineData("orderId", "17", "orderId")]
    [InlineData("orderId", "\"12345678901234567890123456789012345678901\"", "orderId")]
    [InlineData("customer", null, "customer")]
    [InlineData("customer", "[]", "customer")]
    [InlineData("customer", "null", "customer")]
    [InlineData("customer.name", null, "customer.name")]
    [InlineData("customer.name", "\"\"", "customer.name")]
    [InlineData("customer.name", "\"   \"", "customer.name")]
    [InlineData("customer.name", "\"Budi\\nSantoso\"", "customer.name")]
    [InlineData("customer.name", "\"Budi\\u0085Santoso\"", "customer.name")]
    [InlineData("customer.name", "\"Budi\\u2028Santoso\"", "customer.name")]
    [InlineData("customer.name", "\"Budi\\u2029Santoso\"", "customer.name")]
    [InlineData("customer.name", "17", "customer.name")]
    [InlineData("customer.email", null, "customer.email")]
    [InlineData("customer.email", "\"budi\"", "customer.email")]
    [InlineData("customer.email", "\"budi@contoh\"", "customer.email")]
    [InlineData("customer.email", "true", "customer.email")]
    [InlineData("customer.phone", null, "customer.phone")]
    [InlineData("customer.phone", "\"12\"", "customer.phone")]
    [InlineData("customer.phone", "81234567890", "customer.phone")]
    [InlineData("items", null, "items")]
    [InlineData("items", "[]", "items")]
    [InlineData("items", "{}", "items")]
    [InlineData("items[0]", "17", "items[0]")]
    [InlineData("items[1]", "null", "items[1]")]
    [InlineData("items[0].id", null, "items[0].id")]
    [InlineData("items[0].id", "\"\"", "items[0].id")]
    [InlineData("items[0].id", "\"123456789012345678901234567890123456789012345678901\"", "items[0].id")]
    [InlineData("items[1].name", null, "items[1].name")]
    [InlineData("items[1].name", "\"\\t\"", "items[1].name")]
    [InlineData("items[0].price", null, "items[0].price")]
    [InlineData("items[0].price", "-1", "items[0].price")]
    [InlineData("items[0].price", "\"450000\"", "items[0].price")]
    [InlineData("items[0].price", "450000.5", "items[0].price")]
    [InlineData("items[0].price", "450000.0", "items[0].price")]
    [InlineData("items[0].price", "1e300", "items[0].price")]
    [InlineData("items[0].price", "4.5e5", "items[0].price")]
    [InlineData("items[0].price", "1000000000000", "items[0].price")]
    [InlineData("items[0].price", "9223372036854775808", "items[0].price")]
    [InlineData("items[0].quantity", "0", "items[0].quantity")]
    [InlineData("items[0].quantity", "-1", "items[0].quantity")]
    [InlineData("items[0].quantity", "10001", "items[0].quantity")]
    [InlineData("items[0].quantity", "1.5", "items[0].quantity")]
    [InlineData("items[0].quantity", "4294967297", "items[0].quantity")]
    [InlineData("items[0].price", "999999999999", "items")]
    [InlineData("grossAmount", "599999", "grossAmount")]
    [InlineData("grossAmount", "0", "grossAmount")]
    [InlineData("grossAmount", "\"600000\"", "grossAmount")]
    [InlineData("grossAmount", "600000.00", "grossAmount")]
    [InlineData("expiresInMinutes", "4", "expiresInMinutes")]
    [InlineData("expiresInMinutes", "10081", "expiresInMinutes")]
    [InlineData("expiresInMinutes", "60.5", "expiresInMinutes")]
    [InlineData("expiresInMinutes", "\"60\"", "expiresInMinutes")]
    [InlineData("locale", "\"ID\"", "locale")]
    [InlineData("locale", "\"id-ID\"", "locale")]
    [InlineData("locale", "1", "locale")]
    [InlineData("metadata", "[]", "metadata")]
    [InlineData("metadata", "\"text\"", "metadata")]
    [InlineData("metadata", """{"n":1e400000}""", "metadata")]
    [InlineData("metadata", """{"n":[{"m":-1e100000}]}""", "metadata")]
    [InlineData("metadata", """{"n":1e-100000}""", "metadata")]
    public void TryRead_WithOneMistake_NamesItsPath(string path, string? json, string errorPath)
    {
        var draft = Read(Requests.Full("A").With(path, json), out var errors);

        Assert.Null(draft);
        var (field, messages) = Assert.Single(errors);
        Assert.Equal(errorPath, field);
        Assert.EndsWith(".", Assert.Single(messages), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("17")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"order\"")]
    public void TryRead_OfNoObject_NamesTheRoot(string json)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Null(OrderDraft.TryRead(document.RootElement, out var errors));
        Assert.Equal(["$"], errors.Keys);
    }

    [Fact]
    public void TryRead_OfAnEmptyObject_NamesEverythingThatIsMissing()
    {
        Assert.Null(Read([], out var errors));
        Assert.Equal(["customer", "items"], errors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TryRead_OfManyMistakes_NamesAll()
    {
        var order = Requests.Full("a b").With("customer.email", "1").With("customer.phone", "1").With("items[0].price", "-1").With("items[1].quantity", "0").With("locale", "1");

        Assert.Null(Read(order, out var errors));
        Assert.Equal(["customer.email", "customer.phone", "items[0].price", "items[1].quantity", "locale", "orderId"], errors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TryRead_OfItems_TakesAHundredAndNoMore()
    {
        var items = new JsonArray([.. Enumerable.Range(0, 100).Select(i => (JsonNode)new JsonObject { ["id"] = $"i{i}", ["name"] = "x", ["price"] = 1, ["quantity"] = 1 })]);
        var order = Requests.Full().With("grossAmount", null);
        order["items"] = items;

        Assert.Equal(100, Read(order, out _)!.GrossAmount);

        items.Add(items[0]!.DeepClone());
        Assert.Null(Read(order, out var errors));
        Assert.Equal(["items"], errors.Keys);
    }

    [Fact]
    public void TryRead_OfSumsBeyondEveryInteger_Refuses()
    {
        var items = new JsonArray([.. Enumerable.Range(0, 100).Select(i => (JsonNode)new JsonObject { ["id"] = $"i{i}", ["name"] = "x", ["price"] = Rupiah.Max, ["quantity"] = 10_000 })]);
        var order = Requests.Full().With("grossAmount", null);
        order["items"] = items;

        Assert.Null(Read(order, out var errors));
        Assert.Equal(["items"], errors.Keys);
    }

    [Fact]
    public void TryRead_OfAnOrderForNothing_Refuses()
    {
        var order = Requests.Full().With("grossAmount", null).With("items[0].price", "0").With("items[1].price", "0");

        Assert.Null(Read(order, out var errors));
        Assert.Equal(["items"], errors.Keys);
    }

    [Fact]
    public void TryRead_OfMetadata_CountsItsBytes()
    {
        var fitting = new string('é', (4096 - """{"a":""}""".Length) / 2);

        Assert.NotNull(Read(Requests.Full(), $$"""{"a":"{{fitting}}"}""", out _));
        Assert.Null(Read(Requests.Full(), $$"""{"a":"{{fitting}}x"}""", out var errors));
        Assert.Equal(["metadata"], errors.Keys);
    }

    [Fact]
    public void TryRead_WhateverIsWrong_OnlyNamesPathsOfTheRequest()
    {
        foreach (var member in Requests.Full("A").Select(pair => pair.Key))
        {
            foreach (var json in new[] { "true", "-1", "1e999", "\"\"", "[]", "{}", "[[]]", "\"\\ud83d\\ude00\"" })
            {
                Read(Requests.Full("A").With(member, json), out var errors);

                Assert.All(errors.Keys, path => Assert.Contains(path.Split('.', '[')[0], KnownPaths));
            }
        }
    }

    private static OrderDraft? Read(JsonObject order, out IReadOnlyDictionary<string, string[]> errors)
    {
        using var document = JsonDocument.Parse(order.ToJsonString());
        return OrderDraft.TryRead(document.RootElement, out errors);
    }

    private static OrderDraft? Read(JsonObject order, string metadata, out IReadOnlyDictionary<string, string[]> errors)
    {
        order["metadata"] = "here";
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(order.ToJsonString().Replace("\"here\"", metadata, StringComparison.Ordinal)));
        return OrderDraft.TryRead(document.RootElement, out errors);
    }
}
