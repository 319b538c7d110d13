using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BuatFilm.Admin.Features.Alerts;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Live;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Alerts;

public sealed class WebhookDeliveryTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Boards.Noon);
    private AlertListener _listener = null!;

    public async ValueTask InitializeAsync() => _listener = await AlertListener.StartAsync();

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Theory]
    [InlineData("rahasia", "rahasia")]
    [InlineData("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", null)]
    public async Task Alert_IsPostedAsJsonAndSigned(string secret, string? text)
    {
        var outcome = await SendAsync(secret, Message());

        Assert.Equal(DeliveryResult.Delivered, outcome.Result);
        var request = Assert.Single(_listener.Requests);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.Equal("msg_0198a7f0000070008000000000000001", request.Headers["webhook-id"]);
        Assert.Equal(Boards.Noon.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), request.Headers["webhook-timestamp"]);
        var key = text is null ? Enumerable.Range(0, 24).Select(value => (byte)value).ToArray() : Encoding.UTF8.GetBytes(text);
        var signed = Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.{request.Body}");
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)), request.Headers["webhook-signature"]);
        Assert.Equal(
            """{"id":42,"kind":"breaker_opened","severity":"critical","event":"raised","target":"smtp","data":{"code":"timeout"},"title":"Server email terputus","summary":"Server email tidak menjawab.","raisedAt":"2026-11-23T07:02:05.0000000+00:00"}""",
            request.Body);
    }

    [Fact]
    public async Task Alert_WithoutASecret_IsNotSigned()
    {
        await SendAsync(null, Message());

        Assert.False(Assert.Single(_listener.Requests).Headers.ContainsKey("webhook-signature"));
    }

    [Fact]
    public async Task Alert_ThatWasOverBeforeItWasTold_ComesAsResolved()
    {
        var data = new Dictionary<string, string>(Message().Data) { ["event"] = "passed", ["resolvedAt"] = "2026-11-23T07:09:05.0000000+00:00" };

        await SendAsync(null, Message() with { Data = data });

        using var body = JsonDocument.Parse(Assert.Single(_listener.Requests).Body);
        Assert.Equal("resolved", body.RootElement.GetProperty("event").GetString());
        Assert.Equal("2026-11-23T07:09:05.0000000+00:00", body.RootElement.GetProperty("resolvedAt").GetString());
    }

    [Theory]
    [InlineData(200, DeliveryResult.Delivered)]
    [InlineData(204, DeliveryResult.Delivered)]
    [InlineData(302, DeliveryResult.Refused)]
    [InlineData(400, DeliveryResult.Refused)]
    [InlineData(401, DeliveryResult.Refused)]
    [InlineData(410, DeliveryResult.Refused)]
    [InlineData(408, DeliveryResult.Failed)]
    [InlineData(429, DeliveryResult.Failed)]
    [InlineData(500, DeliveryResult.Failed)]
    [InlineData(503, DeliveryResult.Failed)]
    public async Task Answer_DecidesWhatFollows(int status, DeliveryResult expected)
    {
        _listener.Status = status;

        var outcome = await SendAsync(null, Message());

        Assert.Equal(expected, outcome.Result);
        Assert.Equal(expected == DeliveryResult.Delivered ? null : $"http_{status}", outcome.Code);
        Assert.Single(_listener.Requests); // A redirect is not followed.
    }

    [Fact]
    public async Task NobodyListening_IsTriedAgain()
    {
        await _listener.DisposeAsync();

        var outcome = await SendAsync(null, Message());

        Assert.Equal((DeliveryResult.Failed, ServiceVerdict.Outage, "connection"), (outcome.Result, outcome.Verdict, outcome.Code));
    }

    [Fact]
    public async Task AddressTakenOutOfTheSettings_IsRefusedWithoutACall()
    {
        using var http = new HttpClient();
        var delivery = new WebhookDelivery(http, Options.Create(new AlertsOptions()), _time);

        var outcome = await delivery.SendAsync(Message(), TestContext.Current.CancellationToken);

        Assert.Equal((DeliveryResult.Refused, "not_configured"), (outcome.Result, outcome.Code));
    }

    [Fact]
    public void Recipient_OfTheWebhook_IsItsHostAlone()
    {
        var options = new AlertsOptions { AlertWebhookUrl = "https://hooks.example.com/services/T000/secret" };

        Assert.Equal(["https://hooks.example.com"], options.RecipientsOf(Channel.Webhook));
    }

    private async Task<DeliveryOutcome> SendAsync(string? secret, OutboundMessage message)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var options = Options.Create(new AlertsOptions { AlertWebhookUrl = _listener.Address.AbsoluteUri, AlertWebhookSecret = secret });
        return await new WebhookDelivery(http, options, _time).SendAsync(message, TestContext.Current.CancellationToken);
    }

    private static OutboundMessage Message() => new(
        1,
        Guid.Parse("0198a7f0-0000-7000-8000-000000000001"),
        null,
        "alert",
        Channel.Webhook,
        "https://hooks.example.com",
        "id",
        new Dictionary<string, string>
        {
            ["alertId"] = "42",
            ["alertKind"] = "breaker_opened",
            ["severity"] = "critical",
            ["event"] = "raised",
            ["target"] = "smtp",
            ["details"] = """{"code":"timeout"}""",
            ["title"] = "Server email terputus",
            ["summary"] = "Server email tidak menjawab.",
            ["raisedAt"] = "2026-11-23T07:02:05.0000000+00:00",
        },
        1);
}
