using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Orders;

public sealed class BadRequestTests(AppHost app) : IClassFixture<AppHost>
{
    private static readonly string Good = Requests.Full("BAD-1A").ToJsonString();

    // Each says what is sent, and what the contract answers.
    private static readonly Dictionary<string, (Func<HttpRequestMessage> Make, int Status, string Code)> Cases = new(StringComparer.Ordinal)
    {
        ["nothing at all"] = (() => Storefront.Request(""), 400, "malformed_json"),
        ["no JSON"] = (() => Storefront.Request("orderId=1"), 400, "malformed_json"),
        ["half of a JSON"] = (() => Storefront.Request(Good[..(Good.Length / 2)]), 400, "malformed_json"),
        ["two values"] = (() => Storefront.Request(Good + Good), 400, "malformed_json"),
        ["a comment"] = (() => Storefront.Request("/* */" + Good), 400, "malformed_json"),
        ["a trailing comma"] = (() => Storefront.Request(Good.Replace("}]", "},]", StringComparison.Ordinal)), 400, "malformed_json"),
        ["NaN"] = (() => Storefront.Request(Good.Replace("450000", "NaN", StringComparison.Ordinal)), 400, "malformed_json"),
        ["bytes that are no UTF-8"] = (() => Storefront.Request((byte[])[.. Encoding.UTF8.GetBytes(Good[..^1]), 0xC3, 0x28, (byte)'}']), 400, "malformed_json"),
        ["UTF-16"] = (() => Storefront.Request(Encoding.Unicode.GetBytes(Good)), 400, "malformed_json"),
        ["another charset"] = (() => Storefront.Request(Encoding.Latin1.GetBytes(Good), mediaType: "application/json; charset=iso-8859-1"), 415, "unsupported_media_type"),
        ["a form"] = (() => Storefront.Request(Encoding.UTF8.GetBytes(Good), mediaType: "application/x-www-form-urlencoded"), 415, "unsupported_media_type"),
        ["plain text"] = (() => Storefront.Request(Encoding.UTF8.GetBytes(Good), mediaType: "text/plain"), 415, "unsupported_media_type"),
        ["no media type"] = (() => Storefront.Request(Encoding.UTF8.GetBytes(Good), mediaType: null), 415, "unsupported_media_type"),
        ["a member twice"] = (() => Storefront.Request(Good.Replace("{\"orderId\"", "{\"locale\":\"id\",\"orderId\"", StringComparison.Ordinal)), 400, "duplicate_member"),
        ["a nested member twice"] = (() => Storefront.Request(Good.Replace("\"price\":450000", "\"price\":1,\"price\":450000", StringComparison.Ordinal)), 400, "duplicate_member"),
        ["a member twice, once escaped"] = (() => Storefront.Request(Good.Replace("\"price\":450000", "\"pric\\u0065\":1,\"price\":450000", StringComparison.Ordinal)), 400, "duplicate_member"),
        ["NUL in a text"] = (() => Storefront.Request(Good.Replace("Budi ", "Budi\\u0000", StringComparison.Ordinal)), 400, "nul_character"),
        ["NUL in a name of metadata"] = (() => Storefront.Request(Good.Replace("\"cart\"", "\"ca\\u0000rt\"", StringComparison.Ordinal)), 400, "nul_character"),
        ["a raw NUL"] = (() => Storefront.Request(Good.Replace("Budi ", "Budi\0", StringComparison.Ordinal)), 400, "malformed_json"),
        ["half a surrogate pair"] = (() => Storefront.Request(Good.Replace("Budi ", "Budi\\ud83d", StringComparison.Ordinal)), 400, "malformed_json"),
        ["surrogates the wrong way round"] = (() => Storefront.Request(Good.Replace("Budi ", "\\udfac\\ud83c", StringComparison.Ordinal)), 400, "malformed_json"),
        ["nested arrays without end"] = (() => Storefront.Request(new string('[', 50_000)), 400, "malformed_json"),
        ["metadata nested too deeply"] = (() => Storefront.Request(Good.Replace("\"C-77\"", string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40), StringComparison.Ordinal)), 400, "malformed_json"),
        ["too long a body"] = (() => Storefront.Request(Padded(256 * 1024 + 1)), 413, "body_too_large"),
        ["too long a body in chunks"] = (() => Chunked(Padded(256 * 1024 + 1)), 413, "body_too_large"),
        ["far too long a body in chunks"] = (() => Chunked(Padded(3 * 1024 * 1024)), 413, "body_too_large"),
        ["a negative price"] = (() => Edited("items[0].price", "-450000"), 400, "validation_failed"),
        ["a price as text"] = (() => Edited("items[0].price", "\"450000\""), 400, "validation_failed"),
        ["a price with decimals"] = (() => Edited("items[0].price", "450000.50"), 400, "validation_failed"),
        ["a price of 1e300"] = (() => Edited("items[0].price", "1e300"), 400, "validation_failed"),
        ["a price of 1e999999999999"] = (() => Edited("items[0].price", "1e999999999999"), 400, "validation_failed"),
        ["no quantity"] = (() => Edited("items[0].quantity", null), 400, "validation_failed"),
        ["a quantity of zero"] = (() => Edited("items[0].quantity", "0"), 400, "validation_failed"),
        ["a negative quantity"] = (() => Edited("items[0].quantity", "-1"), 400, "validation_failed"),
        ["a huge quantity"] = (() => Edited("items[0].quantity", "2147483648"), 400, "validation_failed"),
        ["a sum beyond the limit"] = (() => Edited("items[0].price", "999999999999"), 400, "validation_failed"),
        ["a sum beyond every integer"] = (() => Storefront.Request(Requests.Full().With("grossAmount", null).With("items[0].price", "999999999999").With("items[0].quantity", "10000").With("items[1].price", "999999999999").With("items[1].quantity", "10000")), 400, "validation_failed"),
        ["a sum that differs"] = (() => Edited("grossAmount", "599999"), 400, "validation_failed"),
        ["no items"] = (() => Edited("items", "[]"), 400, "validation_failed"),
        ["101 items"] = (() => Storefront.Request(Many(101)), 400, "validation_failed"),
        ["a wrong e-mail"] = (() => Edited("customer.email", "\"budi@contoh\""), 400, "validation_failed"),
        ["an e-mail with a header in it"] = (() => Edited("customer.email", "\"budi@contoh.id\\r\\nBcc: x@contoh.id\""), 400, "validation_failed"),
        ["a wrong phone"] = (() => Edited("customer.phone", "\"telepon\""), 400, "validation_failed"),
        ["a name with a line break"] = (() => Edited("customer.name", "\"Budi\\r\\nSantoso\""), 400, "validation_failed"),
        ["a name with a bell"] = (() => Edited("customer.name", "\"Budi\\u0007\""), 400, "validation_failed"),
        ["a name of spaces"] = (() => Edited("customer.name", "\"    \""), 400, "validation_failed"),
        ["a name of 101 letters"] = (() => Edited("customer.name", $"\"{new string('b', 101)}\""), 400, "validation_failed"),
        ["an order id with a space"] = (() => Edited("orderId", "\"BAD 1A\""), 400, "validation_failed"),
        ["an order id with a slash"] = (() => Edited("orderId", "\"BAD/1A\""), 400, "validation_failed"),
        ["an order id of 41 letters"] = (() => Edited("orderId", $"\"{new string('B', 41)}\""), 400, "validation_failed"),
        ["an order id of dots"] = (() => Edited("orderId", "\"..\""), 400, "validation_failed"),
        ["a number that no column holds"] = (() => Edited("metadata", """{"n":1e400000}"""), 400, "validation_failed"),
        ["an array"] = (() => Storefront.Request($"[{Good}]"), 400, "validation_failed"),
        ["null"] = (() => Storefront.Request("null"), 400, "validation_failed"),
        ["no idempotency key"] = (() => Keyed(), 400, "idempotency_key_missing"),
        ["an empty idempotency key"] = (() => Keyed(""), 400, "idempotency_key_invalid"),
        ["an idempotency key of spaces"] = (() => Keyed("   "), 400, "idempotency_key_invalid"),
        ["two idempotency keys"] = (() => Keyed("one", "two"), 400, "idempotency_key_invalid"),
        ["the same idempotency key twice"] = (() => Keyed("one", "one"), 400, "idempotency_key_invalid"),
        ["an idempotency key of 256 letters"] = (() => Keyed(new string('k', 256)), 400, "idempotency_key_invalid"),
        ["an idempotency key beyond ASCII"] = (() => Keyed("kunci-é"), 400, "idempotency_key_invalid"),
        ["no API key"] = (() => Storefront.Request(Encoding.UTF8.GetBytes(Good), apiKey: null), 401, "api_key_missing"),
        ["a wrong API key"] = (() => Storefront.Request(Encoding.UTF8.GetBytes(Good), apiKey: "test-storefront-key-9999"), 401, "api_key_invalid"),
        ["half an API key"] = (() => Storefront.Request(Encoding.UTF8.GetBytes(Good), apiKey: AppHost.StorefrontKey[..10]), 401, "api_key_invalid"),
        ["two different API keys"] = (() => WithHeader("X-Api-Key", AppHost.OtherStorefrontKey), 401, "api_key_invalid"),
        ["an API key of another kind of scheme"] = (() => WithScheme("Basic"), 401, "api_key_missing"),
        ["an API key of operations"] = (() => Storefront.Request(Encoding.UTF8.GetBytes(Good), apiKey: AppHost.OpsKey), 403, "forbidden"),
        ["DELETE"] = (() => WithMethod(HttpMethod.Delete, Storefront.Orders), 405, "method_not_allowed"),
        ["PUT"] = (() => WithMethod(HttpMethod.Put, Storefront.Orders), 405, "method_not_allowed"),
        ["GET of all orders"] = (() => WithMethod(HttpMethod.Get, Storefront.Orders), 405, "method_not_allowed"),
        ["POST to one order"] = (() => WithMethod(HttpMethod.Post, $"{Storefront.Orders}/BAD-1A"), 405, "method_not_allowed"),
        ["an unknown route"] = (() => WithMethod(HttpMethod.Post, "/api/v1/order"), 404, "not_found"),
        ["another version"] = (() => WithMethod(HttpMethod.Post, "/api/v2/orders"), 404, "not_found"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task PlaceOrder_WithSomethingWrong_RefusesAndStoresNothing(string name)
    {
        var (make, status, code) = Cases[name];
        using var client = Unguarded();
        var before = await app.CountRowsAsync();

        var answer = await AskAsync(client, make);

        answer.MustBeProblem(status, code);
        Assert.Equal(code == "validation_failed", answer.Json.ContainsKey("errors"));
        Assert.Equal(before, await app.CountRowsAsync());
        Assert.Equal(0, (long)(await app.MidtransStatisticsAsync())["snapCreateCalls"]!);
    }

    // Who is still sending when the server has answered and closed may lose the answer; that is HTTP's, and another attempt sees it.
    private static async Task<Answer> AskAsync(HttpClient client, Func<HttpRequestMessage> make)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await client.AskAsync(make());
            }
            catch (HttpRequestException exception) when (exception.InnerException is IOException && attempt < 5)
            {
                // Again.
            }
        }
    }

    [Fact]
    public async Task PlaceOrder_AfterARefusal_TakesTheSameKey()
    {
        var host = app;
        var key = Guid.NewGuid().ToString();
        (await host.Anonymous.AskAsync(Edited("orderId", "\"a b\"", key))).MustBeProblem(400, "validation_failed");
        (await host.Anonymous.AskAsync(Edited("orderId", "\"a b\"", key))).MustBeProblem(400, "validation_failed");

        Assert.Equal(0, await host.ReadAsync<long>("select count(*) from idempotency_store where key = $1", key));
    }

    [Theory]
    [InlineData("Content-Length: 400", "{\"orderId\":\"HALF-1A\"")]
    [InlineData("Transfer-Encoding: chunked", "14\r\n{\"orderId\":\"HALF-1A\"\r\n")]
    [InlineData("Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Content-Length: -5", "{}")]
    [InlineData("Content-Length: 2\r\nContent-Length: 3", "{}")]
    public async Task PlaceOrder_WithABodyThatEndsEarlyOrLies_StoresNothing(string header, string body)
    {
        var before = await app.CountRowsAsync();

        var answer = await SendRawAsync(
            $"POST {Storefront.Orders} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {AppHost.StorefrontKey}\r\nIdempotency-Key: half\r\nContent-Type: application/json\r\nConnection: close\r\n{header}\r\n\r\n{body}");

        // The server may also hang up on a caller who has.
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), answer);
        Assert.Equal(before, await app.CountRowsAsync());
        Assert.Equal(200, (await app.Anonymous.AskAsync("/health/live")).Status);
    }

    [Fact]
    public async Task Problem_ForAWrongMethod_NamesTheRightOnes()
    {
        var answer = await app.Anonymous.AskAsync(WithMethod(HttpMethod.Delete, Storefront.Orders));

        Assert.Contains("POST", answer.Headers["Allow"], StringComparison.Ordinal);
    }

    private static HttpRequestMessage Edited(string path, string? json, string? key = null) => Storefront.Request(Requests.Full("BAD-1A").With(path, json), key);

    private static HttpRequestMessage Chunked(string body)
    {
        var request = Storefront.Request(body);
        request.Headers.TransferEncodingChunked = true;
        return request;
    }

    private static HttpRequestMessage Keyed(params string[] keys)
    {
        var request = Storefront.Request(Good);
        request.Headers.Remove("Idempotency-Key");
        foreach (var key in keys)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return request;
    }

    private static HttpRequestMessage WithHeader(string name, string value)
    {
        var request = Storefront.Request(Good);
        request.Headers.Add(name, value);
        return request;
    }

    private static HttpRequestMessage WithScheme(string scheme)
    {
        var request = Storefront.Request(Good);
        request.Headers.Authorization = new(scheme, AppHost.StorefrontKey);
        return request;
    }

    private static HttpRequestMessage WithMethod(HttpMethod method, string path)
    {
        var request = Storefront.Request(Good);
        request.Method = method;
        request.RequestUri = new Uri(path, UriKind.Relative);
        if (method == HttpMethod.Get)
        {
            request.Content = null;
        }

        return request;
    }

    private static string Padded(int length) => Good[..^1] + new string(' ', length - Good.Length) + "}";

    private static JsonObject Many(int count)
    {
        var order = Requests.Full().With("grossAmount", null);
        order["items"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => order["items"]![0]!.DeepClone())]);
        return order;
    }

    /// <summary>Sends headers beyond ASCII too, and repeats one as two lines.</summary>
    private HttpClient Unguarded() => new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = app.Address };

    private async Task<string> SendRawAsync(string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, app.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await client.Client.SendAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
