using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core.Breakers;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Integrations.Midtrans;

public sealed class MidtransClientTests : IDisposable
{
    private const string Token = """{"token":"t-1","redirect_url":"https://pay.example/t-1"}""";
    private const string Html = "<html><body>Bad gateway</body></html>";

    private static readonly string Payment = JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["status_code"] = "200",
        ["transaction_status"] = "settlement",
        ["transaction_id"] = "57d5293c-e65f-4a29-95e4-5959c3fa335b",
        ["order_id"] = "A-1",
        ["gross_amount"] = "450000.00",
        ["payment_type"] = "gopay",
        ["transaction_time"] = "2026-11-23 10:00:00",
        ["signature_key"] = new string('a', 128),
        ["currency"] = "IDR",
    });

    private static readonly SnapOrder Order = new(
        "A-1", 450_000, [new SnapItem("kamera-1", "Sewa kamera", 450_000, 1)], new SnapCustomer("Budi", "budi@contoh.id", "+6281234567890"), TimeSpan.FromHours(1));

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

    // By name: what Midtrans sends; then what the client makes of it.
    private static readonly Dictionary<string, (string Bytes, SnapResult Result, ServiceVerdict Verdict, string? Code)> Creates = new(StringComparer.Ordinal)
    {
        ["201"] = (ScriptedGateway.Http(201, Token), SnapResult.Created, ServiceVerdict.Answered, null),
        ["200"] = (ScriptedGateway.Http(200, Token), SnapResult.Created, ServiceVerdict.Answered, null),
        ["200 with more members"] = (ScriptedGateway.Http(200, Token.Replace("{", "{\"extra\":[{}],", StringComparison.Ordinal)), SnapResult.Created, ServiceVerdict.Answered, null),
        ["200 with HTML"] = (ScriptedGateway.Http(200, Html, "text/html"), SnapResult.Unavailable, ServiceVerdict.Outage, "http_200"),
        ["201 without a token"] = (ScriptedGateway.Http(201, "{}"), SnapResult.Unavailable, ServiceVerdict.Outage, "http_201"),
        ["201 with an array"] = (ScriptedGateway.Http(201, "[1]"), SnapResult.Unavailable, ServiceVerdict.Outage, "http_201"),
        ["201 with nothing"] = (ScriptedGateway.Http(201, ""), SnapResult.Unavailable, ServiceVerdict.Outage, "http_201"),
        ["201 cut within its JSON"] = (ScriptedGateway.Http(201, Token[..20]), SnapResult.Unavailable, ServiceVerdict.Outage, "http_201"),
        ["201 cut within its length"] = (ScriptedGateway.Http(201, Token)[..^10], SnapResult.Unavailable, ServiceVerdict.Outage, "connection"),
        ["a body without end"] = (ScriptedGateway.Http(201, Token[..^1] + ",\"x\":\"" + new string('x', 300_000) + "\"}"), SnapResult.Unavailable, ServiceVerdict.Outage, "http_201"),
        ["204"] = (ScriptedGateway.Http(204, ""), SnapResult.Unavailable, ServiceVerdict.Outage, "http_204"),
        ["a redirect"] = (ScriptedGateway.Http(307, "", headers: "Location: http://127.0.0.1:9/\r\n"), SnapResult.Unavailable, ServiceVerdict.Outage, "http_307"),
        ["400"] = (ScriptedGateway.Http(400, """{"error_messages":["transaction_details.gross_amount is not equal to the sum of item_details"]}"""), SnapResult.Rejected, ServiceVerdict.Answered, "http_400"),
        ["400 for a taken id"] = (ScriptedGateway.Http(400, """{"error_messages":["transaction_details.order_id sudah digunakan"]}"""), SnapResult.Taken, ServiceVerdict.Answered, "order_id_taken"),
        ["400 for no id"] = (ScriptedGateway.Http(400, """{"error_messages":["transaction_details.order_id is required"]}"""), SnapResult.Rejected, ServiceVerdict.Answered, "http_400"),
        ["400 with HTML"] = (ScriptedGateway.Http(400, Html, "text/html"), SnapResult.Rejected, ServiceVerdict.Answered, "http_400"),
        ["401"] = (ScriptedGateway.Http(401, """{"error_messages":["Access denied"]}"""), SnapResult.Misconfigured, ServiceVerdict.Misconfigured, "http_401"),
        ["403"] = (ScriptedGateway.Http(403, "{}"), SnapResult.Misconfigured, ServiceVerdict.Misconfigured, "http_403"),
        ["403 with HTML"] = (ScriptedGateway.Http(403, Html, "text/html"), SnapResult.Unavailable, ServiceVerdict.Answered, "http_403"),
        ["410"] = (ScriptedGateway.Http(410, """{"status_code":"410","status_message":"Merchant account is deactivated"}"""), SnapResult.Misconfigured, ServiceVerdict.Misconfigured, "http_410"),
        ["202"] = (ScriptedGateway.Http(202, """{"status_code":"202","status_message":"Request is being processed"}"""), SnapResult.Unavailable, ServiceVerdict.Answered, "http_202"),
        ["202 with a token"] = (ScriptedGateway.Http(202, Token), SnapResult.Created, ServiceVerdict.Answered, null),
        ["200 with 500 in it"] = (ScriptedGateway.Http(200, """{"status_code":"500","status_message":"Sorry"}"""), SnapResult.Unavailable, ServiceVerdict.Outage, "status_500"),
        ["200 with 900 in it"] = (ScriptedGateway.Http(200, """{"status_code":900}"""), SnapResult.Unavailable, ServiceVerdict.Outage, "status_900"),
        ["200 with 503 in it"] = (ScriptedGateway.Http(200, """{"status_code":"503"}"""), SnapResult.Unavailable, ServiceVerdict.Answered, "status_503"),
        ["200 with 400 in it"] = (ScriptedGateway.Http(200, """{"status_code":"400","error_messages":["gross_amount"]}"""), SnapResult.Rejected, ServiceVerdict.Answered, "status_400"),
        ["200 with 401 in it"] = (ScriptedGateway.Http(200, """{"status_code":"401"}"""), SnapResult.Misconfigured, ServiceVerdict.Misconfigured, "status_401"),
        ["200 with 406 in it"] = (ScriptedGateway.Http(200, """{"status_code":"406","status_message":"Duplicate order ID"}"""), SnapResult.Taken, ServiceVerdict.Answered, "order_id_taken"),
        ["200 with 429 in it"] = (ScriptedGateway.Http(200, """{"status_code":"429"}""", headers: "Retry-After: 7\r\n"), SnapResult.Unavailable, ServiceVerdict.Throttled, "status_429"),
        ["201 with half a letter for a token"] = (ScriptedGateway.Http(201, """{"token":"\ud800","redirect_url":"https://pay.example/t-1"}"""), SnapResult.Unavailable, ServiceVerdict.Outage, "http_201"),
        ["201 with a NUL in the token"] = (ScriptedGateway.Http(201, """{"token":"t\u0000","redirect_url":"https://pay.example/t-1"}"""), SnapResult.Unavailable, ServiceVerdict.Outage, "http_201"),
        ["402"] = (ScriptedGateway.Http(402, """{"status_code":"402"}"""), SnapResult.Rejected, ServiceVerdict.Answered, "http_402"),
        ["404 with HTML"] = (ScriptedGateway.Http(404, Html, "text/html"), SnapResult.Unavailable, ServiceVerdict.Answered, "http_404"),
        ["406 without a word of the id"] = (ScriptedGateway.Http(406, """{"status_code":"406"}"""), SnapResult.Taken, ServiceVerdict.Answered, "order_id_taken"),
        ["408 of Midtrans"] = (ScriptedGateway.Http(408, """{"status_message":"wrong data type"}"""), SnapResult.Rejected, ServiceVerdict.Answered, "http_408"),
        ["413 with nothing"] = (ScriptedGateway.Http(413, ""), SnapResult.Unavailable, ServiceVerdict.Answered, "http_413"),
        ["404"] = (ScriptedGateway.Http(404, "{}"), SnapResult.Rejected, ServiceVerdict.Answered, "http_404"),
        ["406"] = (ScriptedGateway.Http(406, """{"error_messages":["The request could not be completed due to a conflict with the current state of the target resource: order_id"]}"""), SnapResult.Taken, ServiceVerdict.Answered, "order_id_taken"),
        ["408"] = (ScriptedGateway.Http(408, Html, "text/html"), SnapResult.Unavailable, ServiceVerdict.Outage, "http_408"),
        ["429"] = (ScriptedGateway.Http(429, "", headers: "Retry-After: 7\r\n"), SnapResult.Unavailable, ServiceVerdict.Throttled, "http_429"),
        ["500"] = (ScriptedGateway.Http(500, """{"error_messages":["Internal"]}"""), SnapResult.Unavailable, ServiceVerdict.Outage, "http_500"),
        ["502 with HTML"] = (ScriptedGateway.Http(502, Html, "text/html"), SnapResult.Unavailable, ServiceVerdict.Outage, "http_502"),
        ["503"] = (ScriptedGateway.Http(503, "", headers: "Retry-After: 7\r\n"), SnapResult.Unavailable, ServiceVerdict.Outage, "http_503"),
        ["no HTTP"] = ("SSH-2.0-OpenSSH\r\n\r\n", SnapResult.Unavailable, ServiceVerdict.Outage, "connection"),
        ["nothing"] = ("", SnapResult.Unavailable, ServiceVerdict.Outage, "connection"),
    };

    private static readonly Dictionary<string, (string Bytes, StatusResult Result, ServiceVerdict Verdict, string? Code)> Statuses = new(StringComparer.Ordinal)
    {
        ["found"] = (ScriptedGateway.Http(200, Payment), StatusResult.Found, ServiceVerdict.Answered, "200"),
        ["expired, as HTTP 200"] = (ScriptedGateway.Http(200, Payment.Replace("\"status_code\":\"200\"", "\"status_code\":\"407\"", StringComparison.Ordinal).Replace("settlement", "expire", StringComparison.Ordinal)), StatusResult.Found, ServiceVerdict.Answered, "407"),
        ["expired, as HTTP 407"] = (ScriptedGateway.Http(407, Payment.Replace("\"status_code\":\"200\"", "\"status_code\":\"407\"", StringComparison.Ordinal).Replace("settlement", "expire", StringComparison.Ordinal)), StatusResult.Found, ServiceVerdict.Answered, "407"),
        ["not found, as HTTP 404"] = (ScriptedGateway.Http(404, """{"status_code":"404","status_message":"Transaction doesn't exist."}"""), StatusResult.NotFound, ServiceVerdict.Answered, "404"),
        ["not found, as HTTP 200"] = (ScriptedGateway.Http(200, """{"status_code":"404","status_message":"Transaction doesn't exist."}"""), StatusResult.NotFound, ServiceVerdict.Answered, "404"),
        ["not found, the code a number"] = (ScriptedGateway.Http(200, """{"status_code":404}"""), StatusResult.NotFound, ServiceVerdict.Answered, "404"),
        ["401 within 200"] = (ScriptedGateway.Http(200, """{"status_code":"401"}"""), StatusResult.Misconfigured, ServiceVerdict.Misconfigured, "http_401"),
        ["401"] = (ScriptedGateway.Http(401, "{}"), StatusResult.Misconfigured, ServiceVerdict.Misconfigured, "http_401"),
        ["one bank away"] = (ScriptedGateway.Http(200, """{"status_code":"503"}"""), StatusResult.Unavailable, ServiceVerdict.Answered, "status_503"),
        ["500 within 200"] = (ScriptedGateway.Http(200, """{"status_code":"500"}"""), StatusResult.Unavailable, ServiceVerdict.Outage, "http_200"),
        ["429"] = (ScriptedGateway.Http(429, "{}", headers: "Retry-After: 7\r\n"), StatusResult.Unavailable, ServiceVerdict.Throttled, "http_429"),
        ["412"] = (ScriptedGateway.Http(200, """{"status_code":"412"}"""), StatusResult.Unavailable, ServiceVerdict.Answered, "status_412"),
        ["HTML"] = (ScriptedGateway.Http(200, Html, "text/html"), StatusResult.Unavailable, ServiceVerdict.Outage, "http_200"),
        ["HTML as 404"] = (ScriptedGateway.Http(404, Html, "text/html"), StatusResult.Unavailable, ServiceVerdict.Answered, "status_404"),
        ["HTML as 403"] = (ScriptedGateway.Http(403, Html, "text/html"), StatusResult.Unavailable, ServiceVerdict.Answered, "status_403"),
        ["HTML as 408"] = (ScriptedGateway.Http(408, Html, "text/html"), StatusResult.Unavailable, ServiceVerdict.Outage, "http_408"),
        ["410 within 200"] = (ScriptedGateway.Http(200, """{"status_code":"410"}"""), StatusResult.Misconfigured, ServiceVerdict.Misconfigured, "http_410"),
        ["900 within 200"] = (ScriptedGateway.Http(200, """{"status_code":"900"}"""), StatusResult.Unavailable, ServiceVerdict.Outage, "http_200"),
        ["503 with HTML"] = (ScriptedGateway.Http(503, Html, "text/html"), StatusResult.Unavailable, ServiceVerdict.Outage, "http_503"),
        ["cut short"] = (ScriptedGateway.Http(200, Payment)[..^10], StatusResult.Unavailable, ServiceVerdict.Outage, "connection"),
    };

    public static TheoryData<string> CreateNames => [.. Creates.Keys];

    public static TheoryData<string> StatusNames => [.. Statuses.Keys];

    public void Dispose() => _http.Dispose();

    [Theory]
    [MemberData(nameof(CreateNames))]
    public async Task CreateSnap_WhateverIsAnswered_SaysWhatItMeans(string name)
    {
        var (bytes, result, verdict, code) = Creates[name];
        await using var gateway = new ScriptedGateway(bytes);

        var answer = await ClientOf(gateway.Address).CreateSnapAsync(Order, TestContext.Current.CancellationToken);

        Assert.Equal((result, verdict, code), (answer.Result, answer.Verdict, answer.Code));
        Assert.Equal(result == SnapResult.Created ? ("t-1", "https://pay.example/t-1") : (null, null), (answer.Token, answer.RedirectUrl));
        Assert.Equal(bytes.Contains("Retry-After: 7", StringComparison.Ordinal) ? TimeSpan.FromSeconds(7) : null, answer.RetryAfter);
    }

    [Theory]
    [MemberData(nameof(StatusNames))]
    public async Task GetStatus_WhateverIsAnswered_SaysWhatItMeans(string name)
    {
        var (bytes, result, verdict, code) = Statuses[name];
        await using var gateway = new ScriptedGateway(bytes);

        var answer = await ClientOf(gateway.Address).GetStatusAsync("A-1", TestContext.Current.CancellationToken);

        Assert.Equal((result, verdict, code), (answer.Result, answer.Verdict, answer.Code));
        Assert.Equal(result == StatusResult.Found, answer.Payment is not null);
        Assert.Equal(result == StatusResult.Found, answer.Raw is not null);
    }

    [Fact]
    public async Task CreateSnap_WithNobodyListening_IsAnOutage()
    {
        var answer = await ClientOf(ClosedPort()).CreateSnapAsync(Order, TestContext.Current.CancellationToken);

        Assert.Equal((SnapResult.Unavailable, ServiceVerdict.Outage, "connection"), (answer.Result, answer.Verdict, answer.Code));
    }

    [Fact]
    public async Task Calls_ResetWithinTheBody_AreOutages()
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(201, Token)[..^10], resets: true);

        var created = await ClientOf(gateway.Address).CreateSnapAsync(Order, TestContext.Current.CancellationToken);
        var status = await ClientOf(gateway.Address).GetStatusAsync("A-1", TestContext.Current.CancellationToken);

        Assert.Equal((ServiceVerdict.Outage, "connection"), (created.Verdict, created.Code));
        Assert.Equal((ServiceVerdict.Outage, "connection"), (status.Verdict, status.Code));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n{\"token\":")]
    public async Task CreateSnap_OfAnAnswerThatDoesNotEnd_EndsByItsDeadline(string beginning)
    {
        // It accepts, says this much, and then nothing.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepted = listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var client = ClientOf($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", attempt: TimeSpan.FromMilliseconds(500));

        var call = client.CreateSnapAsync(Order, TestContext.Current.CancellationToken);
        using var connection = await accepted;
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), TestContext.Current.CancellationToken);
        var answer = await call;

        Assert.Equal((SnapResult.Unavailable, ServiceVerdict.Outage, "timeout"), (answer.Result, answer.Verdict, answer.Code));
    }

    [Fact]
    public async Task CreateSnap_WithABreakerThatIsOpen_CallsNobody()
    {
        var client = ClientOf(ClosedPort());
        for (var i = 0; i < 5; i++)
        {
            await client.CreateSnapAsync(Order, TestContext.Current.CancellationToken);
        }

        var created = await client.CreateSnapAsync(Order, TestContext.Current.CancellationToken);
        var status = await client.GetStatusAsync("A-1", TestContext.Current.CancellationToken);

        Assert.Equal((SnapResult.Unavailable, ServiceVerdict.NotCalled, "breaker_open"), (created.Result, created.Verdict, created.Code));
        Assert.InRange(created.RetryAfter!.Value, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60));
        Assert.Equal((StatusResult.Unavailable, ServiceVerdict.NotCalled, "breaker_open"), (status.Result, status.Verdict, status.Code));
    }

    [Fact]
    public async Task CreateSnap_WhenTheCallerGivesUp_ThrowsThat()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var caller = new CancellationTokenSource();
        var call = ClientOf($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}").CreateSnapAsync(Order, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task CreateSnap_Asks_AsMidtransWantsIt()
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(201, Token));

        await ClientOf(gateway.Address).CreateSnapAsync(Order, TestContext.Current.CancellationToken);

        var request = Assert.Single(gateway.Requests);
        Assert.StartsWith("POST /snap/v1/transactions HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains($"Authorization: Basic {Convert.ToBase64String("SB-key:"u8)}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Accept: application/json\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            {"transaction_details":{"order_id":"A-1","gross_amount":450000},"item_details":[{"id":"kamera-1","name":"Sewa kamera","price":450000,"quantity":1}],"customer_details":{"first_name":"Budi","email":"budi@contoh.id","phone":"+6281234567890"},"expiry":{"duration":60,"unit":"minute"},"page_expiry":{"duration":60,"unit":"minute"}}
            """,
            request,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A-1", "/v2/A-1/status")]
    [InlineData("A~._-1", "/v2/A~._-1/status")]
    [InlineData("a/b?c#d", "/v2/a%2Fb%3Fc%23d/status")]
    [InlineData("../../v1/refund", "/v2/..%2F..%2Fv1%2Frefund/status")]
    public async Task GetStatus_OfAnyId_StaysOnItsRoute(string id, string path)
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(200, Payment));

        await ClientOf(gateway.Address).GetStatusAsync(id, TestContext.Current.CancellationToken);

        Assert.StartsWith($"GET {path} HTTP/1.1\r\n", Assert.Single(gateway.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("")]
    public async Task GetStatus_OfAStepInAPath_AsksNobody(string id)
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(200, Payment));

        var answer = await ClientOf(gateway.Address).GetStatusAsync(id, TestContext.Current.CancellationToken);

        Assert.Equal((StatusResult.NotFound, ServiceVerdict.NotCalled), (answer.Result, answer.Verdict));
        Assert.Empty(gateway.Requests);
    }

    [Fact]
    public void SnapRequest_OfTextsThatMidtransDoesNotTake_MakesThemFit()
    {
        var long49 = new string('x', 49);
        var request = SnapRequest.Of(Order with { Items = [new SnapItem(long49 + "yz", long49 + "🎬", 1, 1), new SnapItem("a|b", "c|d", 1, 1)], ExpiresIn = TimeSpan.FromSeconds(3599.9) });

        Assert.Equal([long49 + "y", "a/b"], request.Items.Select(item => item.Id));
        Assert.Equal([long49, "c/d"], request.Items.Select(item => item.Name));
        Assert.Equal(new SnapExpiry(59, "minute"), request.Expiry);
    }

    [Fact]
    public void SnapRequest_OfMoreThanMidtransTakes_StatesTheSumInOneLine()
    {
        var items = Enumerable.Range(0, 100).Select(i => new SnapItem($"{i}{new string('é', 48)}", new string('é', 50), 4_500, 1)).ToList();

        var body = SnapRequest.BodyOf(Order with { Items = items });

        using var document = JsonDocument.Parse(body);
        var line = Assert.Single(document.RootElement.GetProperty("item_details").EnumerateArray());
        Assert.Equal(450_000, line.GetProperty("price").GetInt64() * line.GetProperty("quantity").GetInt32());
        Assert.Equal("Order A-1", line.GetProperty("name").GetString());
        Assert.True(SnapRequest.BodyOf(Order with { Items = items[..20] }).Length > body.Length);
    }

    private MidtransClient ClientOf(string address, TimeSpan? attempt = null)
    {
        var breakers = new BreakersOptions();
        breakers.Midtrans.AttemptTimeout = attempt ?? breakers.Midtrans.AttemptTimeout;
        var options = new MidtransOptions { ServerKey = "SB-key", SnapBaseUrl = address, ApiBaseUrl = address };
        return new MidtransClient(_http, new ServicePipelines(Options.Create(breakers), TimeProvider.System), new FixedOptions<MidtransOptions>(options));
    }

    private static string ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
