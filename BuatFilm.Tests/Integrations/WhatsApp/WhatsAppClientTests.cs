using System.Net;
using System.Net.Sockets;
using System.Text;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Integrations.Midtrans;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Integrations.WhatsApp;

public sealed class WhatsAppClientTests : IDisposable
{
    private const string Html = "<html><body>Bad gateway</body></html>";
    private const string Accepted = """{"messaging_product":"whatsapp","contacts":[{"input":"6281234567890","wa_id":"6281234567890"}],"messages":[{"id":"wamid.ABC=","message_status":"accepted"}]}""";

    private static readonly WhatsAppMessage Message = new(
        "+6281234567890",
        "payment_received",
        "id",
        [new WhatsAppParameter("customer_name", "Siti \"Ayu\" 🎬"), new WhatsAppParameter("order_id", "BF-1-A"), new WhatsAppParameter("amount", "Rp1.250.000")],
        IsPositional: false,
        new WhatsAppReference(17, Guid.Parse("7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77"), 2));

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private static readonly TimeSpan Account = TimeSpan.FromMinutes(5);

    // By name: what is sent; then what the client makes of it.
    private static readonly Dictionary<string, (string Bytes, DeliveryOutcome Outcome)> Answers = new(StringComparer.Ordinal)
    {
        ["200"] = (ScriptedGateway.Http(200, Accepted), DeliveryOutcome.Delivered("wamid.ABC=")),
        ["202"] = (ScriptedGateway.Http(202, Accepted), DeliveryOutcome.Delivered("wamid.ABC=")),
        ["200 with HTML"] = (ScriptedGateway.Http(200, Html, "text/html"), new(DeliveryResult.Unknown, ServiceVerdict.Outage, "http_200")),
        ["200 without a message"] = (ScriptedGateway.Http(200, """{"messages":[]}"""), new(DeliveryResult.Unknown, ServiceVerdict.Outage, "http_200")),
        ["200 with half a character"] = (ScriptedGateway.Http(200, """{"messages":[{"id":"\ud800"}]}"""), new(DeliveryResult.Unknown, ServiceVerdict.Outage, "http_200")),
        ["200 cut within its JSON"] = (ScriptedGateway.Http(200, Accepted[..40]), new(DeliveryResult.Unknown, ServiceVerdict.Outage, "http_200")),
        ["200 cut within its length"] = (ScriptedGateway.Http(200, Accepted)[..^10], new(DeliveryResult.Unknown, ServiceVerdict.Outage, "connection")),
        ["200 without end"] = (ScriptedGateway.Http(200, Accepted[..^1] + ",\"x\":\"" + new string('x', 300_000) + "\"}"), new(DeliveryResult.Unknown, ServiceVerdict.Outage, "http_200")),
        ["a redirect"] = (ScriptedGateway.Http(307, "", headers: "Location: http://127.0.0.1:9/\r\n"), new(DeliveryResult.Failed, ServiceVerdict.Outage, "http_307")),
        ["nothing"] = ("", new(DeliveryResult.Unknown, ServiceVerdict.Outage, "connection")),
        ["no HTTP"] = ("SSH-2.0-OpenSSH\r\n\r\n", new(DeliveryResult.Unknown, ServiceVerdict.Outage, "connection")),

        // Meta's code decides, whatever the status.
        ["131000 as 500"] = (Error(500, 131000), new(DeliveryResult.Failed, ServiceVerdict.Outage, "131000")),
        ["131016 as 400"] = (Error(400, 131016), new(DeliveryResult.Failed, ServiceVerdict.Outage, "131016")),
        ["131026 as 400"] = (Error(400, 131026), new(DeliveryResult.Refused, ServiceVerdict.Answered, "131026")),
        ["131026 as 500"] = (Error(500, 131026), new(DeliveryResult.Refused, ServiceVerdict.Answered, "131026")),
        ["131026 as text"] = (ScriptedGateway.Http(400, """{"error":{"code":"131026"}}"""), new(DeliveryResult.Refused, ServiceVerdict.Answered, "131026")),
        ["132001"] = (Error(404, 132001), new(DeliveryResult.Refused, ServiceVerdict.Answered, "132001")),
        ["130429"] = (Error(429, 130429), new(DeliveryResult.NotTried, ServiceVerdict.Throttled, "130429", RetryAfter: TimeSpan.FromSeconds(30))),
        ["130429 with a header"] = (Error(429, 130429, "Retry-After: 7\r\n"), new(DeliveryResult.NotTried, ServiceVerdict.Throttled, "130429", RetryAfter: TimeSpan.FromSeconds(7))),
        ["80007 with a header of days"] = (Error(400, 80007, "Retry-After: 864000\r\n"), new(DeliveryResult.NotTried, ServiceVerdict.Throttled, "80007", RetryAfter: TimeSpan.FromHours(1))),
        ["4 with a date"] = (Error(400, 4, "Date: Fri, 27 Nov 2026 10:00:00 GMT\r\nRetry-After: Fri, 27 Nov 2026 10:00:40 GMT\r\n"), new(DeliveryResult.NotTried, ServiceVerdict.Throttled, "4", RetryAfter: TimeSpan.FromSeconds(40))),
        ["131056"] = (Error(429, 131056), new(DeliveryResult.NotTried, ServiceVerdict.Answered, "131056", RetryAfter: TimeSpan.FromSeconds(6))),
        ["131049"] = (Error(400, 131049), new(DeliveryResult.Failed, ServiceVerdict.Answered, "131049", RetryAfter: Day)),
        ["131057"] = (Error(500, 131057), new(DeliveryResult.Failed, ServiceVerdict.Answered, "131057")),
        ["190"] = (Error(401, 190), new(DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "190", RetryAfter: Account)),
        ["0"] = (Error(401, 0), new(DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "0", RetryAfter: Account)),
        ["294"] = (Error(403, 294), new(DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "294", RetryAfter: Account)),
        ["100"] = (Error(400, 100), new(DeliveryResult.Refused, ServiceVerdict.Answered, "100")),
        ["100 for another's number"] = (ScriptedGateway.Http(400, """{"error":{"code":100,"error_subcode":33,"type":"GraphMethodException"}}"""), new(DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "100", RetryAfter: Account)),
        ["a code of next year"] = (Error(500, 139999), new(DeliveryResult.Failed, ServiceVerdict.Answered, "139999")),

        // The status, where there is no code.
        ["401"] = (ScriptedGateway.Http(401, "{}"), new(DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "http_401", RetryAfter: Account)),
        ["404 with HTML"] = (ScriptedGateway.Http(404, Html, "text/html"), new(DeliveryResult.NotTried, ServiceVerdict.Misconfigured, "http_404", RetryAfter: Account)),
        ["400"] = (ScriptedGateway.Http(400, "{}"), new(DeliveryResult.Failed, ServiceVerdict.Answered, "http_400")),
        ["408"] = (ScriptedGateway.Http(408, ""), new(DeliveryResult.Failed, ServiceVerdict.Outage, "http_408")),
        ["429"] = (ScriptedGateway.Http(429, "", headers: "Retry-After: 2\r\n"), new(DeliveryResult.NotTried, ServiceVerdict.Throttled, "http_429", RetryAfter: TimeSpan.FromSeconds(2))),
        ["503 with HTML"] = (ScriptedGateway.Http(503, Html, "text/html", "Retry-After: 20\r\n"), new(DeliveryResult.Failed, ServiceVerdict.Outage, "http_503", RetryAfter: TimeSpan.FromSeconds(20))),
        ["500 cut within its length"] = (Error(500, 131000)[..^10], new(DeliveryResult.Failed, ServiceVerdict.Outage, "http_500")),
        ["an error that is none"] = (ScriptedGateway.Http(500, """{"error":[1]}"""), new(DeliveryResult.Failed, ServiceVerdict.Outage, "http_500")),
        ["a code beyond numbers"] = (ScriptedGateway.Http(500, """{"error":{"code":1e99}}"""), new(DeliveryResult.Failed, ServiceVerdict.Outage, "http_500")),
    };

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

    public static TheoryData<string> AnswerNames => [.. Answers.Keys];

    public void Dispose() => _http.Dispose();

    [Theory]
    [MemberData(nameof(AnswerNames))]
    public async Task Send_WhateverIsAnswered_SaysWhatItMeans(string name)
    {
        var (bytes, expected) = Answers[name];
        await using var gateway = new ScriptedGateway(bytes);

        var outcome = await ClientOf(gateway.Address).SendAsync(Message, Token);

        Assert.Equal(expected, outcome with { Error = null });
    }

    [Theory]
    [InlineData("1 2 131000 131016", nameof(WhatsAppFault.Outage))]
    [InlineData("4 80007 130429", nameof(WhatsAppFault.Throttled))]
    [InlineData("131056", nameof(WhatsAppFault.Pair))]
    [InlineData("131057 135000 133016", nameof(WhatsAppFault.Passing))]
    [InlineData("131048 131049 131064", nameof(WhatsAppFault.Tomorrow))]
    [InlineData("0 190 3 10 200 250 299 368 131031 130497 131042 131045 131037 131005 33", nameof(WhatsAppFault.Account))]
    [InlineData("131026 131047 131051 131008 131009 100 131021 131030 132000 132001 132005 132007 132008 132012 132015 132016 130472 131050", nameof(WhatsAppFault.Permanent))]
    public void FaultOf_EachCodeOfTheTable_IsItsClass(string codes, string fault)
    {
        Assert.All(codes.Split(' '), code => Assert.Equal(fault, WhatsAppFailure.FaultOf(int.Parse(code, System.Globalization.CultureInfo.InvariantCulture)).ToString()));
    }

    [Fact]
    public async Task Send_OfAnError_KeepsMetasWords()
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(400, """{"error":{"message":"(#131026) Message undeliverable","code":131026,"error_data":{"details":"Not on\u0000WhatsApp\n"},"fbtrace_id":"x"}}"""));

        var outcome = await ClientOf(gateway.Address).SendAsync(Message, Token);

        Assert.Equal("(#131026) Message undeliverable: Not on WhatsApp", outcome.Error);
    }

    [Fact]
    public async Task Send_OfAnErrorWithoutEnd_KeepsWhatCanBeStored()
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(400, $$$"""{"error":{"message":"{{{new string('x', 999)}}}🎬{{{new string('y', 5000)}}}","code":131026}}"""));

        var outcome = await ClientOf(gateway.Address).SendAsync(Message, Token);

        Assert.Equal(new string('x', 999), outcome.Error);
    }

    [Fact]
    public async Task Send_WithNobodyListening_HasFailed()
    {
        var outcome = await ClientOf(ClosedPort()).SendAsync(Message, Token);

        Assert.Equal((DeliveryResult.Failed, ServiceVerdict.Outage, "connection"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"messages\":")]
    public async Task Send_ThatIsNotAnsweredInTime_MayHaveArrived(string beginning)
    {
        // It accepts, takes the message, says this much, and then nothing.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepted = listener.AcceptTcpClientAsync(Token);

        var call = ClientOf(AddressOf(listener), TimeSpan.FromMilliseconds(500)).SendAsync(Message, Token);
        using var connection = await accepted;
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), Token);
        var outcome = await call;

        Assert.Equal((DeliveryResult.Unknown, ServiceVerdict.Outage, "timeout"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Fact]
    public async Task Send_ThatTimesOutBeforeTheMessageIsOut_HasFailed()
    {
        // The port accepts, and nobody answers the beginning of TLS.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var outcome = await ClientOf(AddressOf(listener).Replace("http:", "https:", StringComparison.Ordinal), TimeSpan.FromMilliseconds(500)).SendAsync(Message, Token);

        Assert.Equal((DeliveryResult.Failed, ServiceVerdict.Outage, "timeout"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Fact]
    public async Task Send_WhenTheCallerGivesUp_ThrowsThat()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var caller = new CancellationTokenSource();
        var call = ClientOf(AddressOf(listener)).SendAsync(Message, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Send_WithABreakerThatIsOpen_CallsNobody()
    {
        var client = ClientOf(ClosedPort());
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(Message, Token);
        }

        var outcome = await client.SendAsync(Message, Token);

        Assert.Equal((DeliveryResult.NotTried, ServiceVerdict.NotCalled, "breaker_open"), (outcome.Result, outcome.Verdict, outcome.Code));
        Assert.InRange(outcome.RetryAfter!.Value, TimeSpan.FromSeconds(250), TimeSpan.FromSeconds(300));
    }

    [Theory]
    [InlineData(131026, BreakerState.Closed)]
    [InlineData(131056, BreakerState.Closed)]
    [InlineData(190, BreakerState.Closed)]
    [InlineData(131000, BreakerState.Open)]
    [InlineData(130429, BreakerState.Open)]
    public async Task Breaker_OpensByWhatConcernsEverybody(int code, BreakerState expected)
    {
        await using var gateway = new ScriptedGateway(Error(400, code));
        var pipelines = Pipelines();
        var client = new WhatsAppClient(_http, pipelines, new FixedOptions<WhatsAppOptions>(Settings(gateway.Address)));

        for (var i = 0; i < 10 && pipelines[ExternalService.WhatsApp].State == BreakerState.Closed; i++)
        {
            await client.SendAsync(Message, Token);
        }

        Assert.Equal(expected, pipelines[ExternalService.WhatsApp].State);
    }

    [Fact]
    public async Task Send_Asks_AsMetaWantsIt()
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(200, Accepted));

        await ClientOf(gateway.Address).SendAsync(Message, Token);

        var request = Utf8(Assert.Single(gateway.Requests));
        Assert.StartsWith("POST /v23.0/100000000000002/messages HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer EAAtoken\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            {"messaging_product":"whatsapp","recipient_type":"individual","to":"6281234567890","type":"template","template":{"name":"payment_received","language":{"code":"id"},"components":[{"type":"body","parameters":[{"type":"text","parameter_name":"customer_name","text":"Siti \"Ayu\" \uD83C\uDFAC"},{"type":"text","parameter_name":"order_id","text":"BF-1-A"},{"type":"text","parameter_name":"amount","text":"Rp1.250.000"}]}]},"biz_opaque_callback_data":"17:7f1d1c1e-5a50-4a5c-9a53-0a3f4f1d6a77:2"}
            """,
            request,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_OfAPositionalTemplate_SendsNoNames()
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(200, Accepted));

        await ClientOf(gateway.Address).SendAsync(Message with { IsPositional = true, Parameters = [new WhatsAppParameter("order_id", "BF-1-A")] }, Token);

        Assert.Contains("""
            "components":[{"type":"body","parameters":[{"type":"text","text":"BF-1-A"}]}]
            """, Assert.Single(gateway.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("6281234567890")]
    [InlineData("+62 812 3456 7890")]
    [InlineData("+0812345678")]
    [InlineData("+123456")]
    [InlineData("+1234567890123456")]
    [InlineData("siti@contoh.id")]
    [InlineData("")]
    public async Task Send_ToNoNumber_CallsNobody(string recipient)
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(200, Accepted));

        var outcome = await ClientOf(gateway.Address).SendAsync(Message with { Recipient = recipient }, Token);

        Assert.Equal((DeliveryResult.Refused, "recipient"), (outcome.Result, outcome.Code));
        Assert.Empty(gateway.Requests);
    }

    [Fact]
    public async Task Send_WithoutAnAccount_WaitsForOne()
    {
        var client = new WhatsAppClient(_http, Pipelines(), new FixedOptions<WhatsAppOptions>(new WhatsAppOptions { BaseUrl = ClosedPort() }));

        var outcome = await client.SendAsync(Message, Token);
        var verdict = await new WhatsAppProbe(client).ProbeAsync(Token);

        Assert.Equal((DeliveryResult.NotTried, "not_configured"), (outcome.Result, outcome.Code));
        Assert.Equal(ServiceVerdict.NotCalled, verdict);
    }

    [Theory]
    [InlineData(200, """{"id":"100000000000002","quality_rating":"GREEN"}""", ServiceVerdict.Answered)]
    [InlineData(200, Html, ServiceVerdict.Outage)]
    [InlineData(404, "", ServiceVerdict.Answered)]
    [InlineData(401, """{"error":{"code":190}}""", ServiceVerdict.Misconfigured)]
    [InlineData(400, """{"error":{"code":100,"error_subcode":33}}""", ServiceVerdict.Misconfigured)]
    [InlineData(500, """{"error":{"code":1}}""", ServiceVerdict.Outage)]
    [InlineData(503, Html, ServiceVerdict.Outage)]
    [InlineData(429, "", ServiceVerdict.Throttled)]
    public async Task Probe_WhateverIsAnswered_SaysWhatItMeans(int status, string body, ServiceVerdict expected)
    {
        await using var gateway = new ScriptedGateway(ScriptedGateway.Http(status, body));

        var verdict = await new WhatsAppProbe(ClientOf(gateway.Address)).ProbeAsync(Token);

        Assert.Equal(expected, verdict);
        Assert.StartsWith("GET /v23.0/100000000000002 HTTP/1.1\r\n", Assert.Single(gateway.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_WithNobodyListening_IsAnOutage()
    {
        Assert.Equal(ServiceVerdict.Outage, await new WhatsAppProbe(ClientOf(ClosedPort())).ProbeAsync(Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Error(int status, int code, string headers = "") =>
        ScriptedGateway.Http(status, $$$"""{"error":{"message":"(#{{{code}}}) Something","type":"OAuthException","code":{{{code}}},"fbtrace_id":"A1"}}""", headers: headers);

    private static WhatsAppOptions Settings(string address) => new() { BaseUrl = address, PhoneNumberId = "100000000000002", AccessToken = "EAAtoken" };

    private static ServicePipelines Pipelines(TimeSpan? attempt = null)
    {
        var breakers = new BreakersOptions();
        breakers.WhatsApp.AttemptTimeout = attempt ?? breakers.WhatsApp.AttemptTimeout;
        return new ServicePipelines(Options.Create(breakers), TimeProvider.System);
    }

    private WhatsAppClient ClientOf(string address, TimeSpan? attempt = null) => new(_http, Pipelines(attempt), new FixedOptions<WhatsAppOptions>(Settings(address)));

    // The gateway keeps bytes.
    private static string Utf8(string latin1) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin1));

    private static string AddressOf(TcpListener listener) => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    private static string ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return AddressOf(listener);
    }
}
