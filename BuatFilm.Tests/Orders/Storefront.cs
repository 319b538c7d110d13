using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Orders;

/// <summary>What a storefront sends and gets, byte by byte, and the switches of the stand-ins.</summary>
internal static class Storefront
{
    public const string Orders = "/api/v1/orders";

    /// <summary>Every table that an order touches.</summary>
    private const string CountRows = """
        select array[(select count(*) from orders), (select count(*) from order_lines), (select count(*) from payment_sessions),
                     (select count(*) from idempotency_store), (select count(*) from notification_outbox), (select count(*) from outbox_queue)]
        """;

    public static HttpRequestMessage Request(ReadOnlyMemory<byte> body, string? idempotencyKey = null, string? mediaType = "application/json", string? apiKey = AppHost.StorefrontKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Orders) { Content = new ReadOnlyMemoryContent(body) };
        if (mediaType is not null)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        }

        if (apiKey is not null)
        {
            request.Headers.Authorization = new("Bearer", apiKey);
        }

        request.Headers.Add("Idempotency-Key", idempotencyKey ?? Guid.NewGuid().ToString());
        return request;
    }

    public static HttpRequestMessage Request(string body, string? idempotencyKey = null) => Request(Encoding.UTF8.GetBytes(body), idempotencyKey);

    public static HttpRequestMessage Request(JsonNode order, string? idempotencyKey = null) => Request(order.ToJsonString(), idempotencyKey);

    public static async Task<Answer> AskAsync(this HttpClient client, HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var headers = response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
            return new Answer((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }

    public static Task<Answer> AskAsync(this HttpClient client, string path, params (string Name, string Value)[] headers) => client.AskAsync(HttpMethod.Get, path, headers);

    public static Task<Answer> AskAsync(this HttpClient client, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return client.AskAsync(request);
    }

    public static Task<Answer> OrderAsync(this AppHost app, JsonNode order, string? idempotencyKey = null) => app.Anonymous.AskAsync(Request(order, idempotencyKey));

    public static Task<Answer> FindAsync(this AppHost app, string orderId) => app.Storefront.AskAsync($"{Orders}/{orderId}");

    public static Task<long[]> CountRowsAsync(this AppHost app) => app.ReadAsync<long[]>(CountRows);

    /// <summary>Sets a stand-in's fault, such as <c>("midtrans", "slow", 500)</c>.</summary>
    public static async Task FaultAsync(this AppHost app, string service, string mode, int delayMs = 3000)
    {
        using var content = new StringContent(new JsonObject { ["service"] = service, ["mode"] = mode, ["delayMs"] = delayMs }.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await app.Anonymous.PostAsync("/sandbox/api/faults", content, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public static async Task<JsonObject> MidtransStatisticsAsync(this AppHost app)
    {
        var statistics = (await app.Anonymous.AskAsync("/sandbox/api/stats")).Json;
        return statistics["midtrans"]!.AsObject();
    }

    /// <summary>Snap creates that reached the stand-in, those that a fault spoilt among them.</summary>
    public static async Task<long> CallsAsync(this AppHost app)
    {
        var statistics = await app.MidtransStatisticsAsync();
        return (long)statistics["snapCreateCalls"]! + (long)statistics["spoilt"]!;
    }
}

internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonObject Json => JsonNode.Parse(Body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();

    public string? Code => (string?)Json["code"];

    public bool IsReplay => Headers.ContainsKey("Idempotent-Replayed");

    public override string ToString() => $"{Status} {Text}";

    /// <summary>A problem document as the contract has it.</summary>
    public void MustBeProblem(int status, string code)
    {
        Assert.True(Status == status, $"Expected {status} {code}, got {this}");
        Assert.Equal("application/problem+json", Headers["Content-Type"]);
        Assert.Equal(code, Code);
        Assert.Equal(status, (int?)Json["status"]);
        Assert.EndsWith(".", (string?)Json["title"], StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty((string?)Json["traceId"]));
        Assert.Equal("nosniff", Headers["X-Content-Type-Options"]);
        Assert.Equal("no-store", Headers["Cache-Control"]);
    }
}
