using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BuatFilm.Admin.Sandbox.Deliveries;
using BuatFilm.Admin.Sandbox.Faults;
using BuatFilm.Admin.Sandbox.Http;
using BuatFilm.Admin.Sandbox.Messages;
using BuatFilm.Admin.Sandbox.Storage;

namespace BuatFilm.Admin.Sandbox.WhatsApp;

/// <summary>Stands in for Meta's WhatsApp Cloud API: takes messages, shows them, and reports them sent, delivered and read.</summary>
internal sealed class WhatsAppStandIn : IStandIn
{
    private const string WebhookPath = "/api/v1/whatsapp/webhook";

    private static readonly string[] Statuses = ["sent", "delivered", "read"];

    private readonly FaultSwitch _faults = new();
    private readonly SandboxSettings _settings;
    private readonly MessageLog _messages;
    private readonly Func<string, bool> _isKnownOrder;
    private readonly Action<string> _report;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Courier _courier;
    private readonly LoopbackWebServer _server;
    private Task _subscribing = Task.CompletedTask;
    private long _messageCalls;
    private long _accepted;
    private long _rejected;
    private long _spoilt;
    private long _probes;

    /// <param name="isKnownOrder">Whether an order with that id was ever sent to the Midtrans stand-in.</param>
    public WhatsAppStandIn(
        SandboxSettings settings,
        DataDirectory data,
        MessageLog messages,
        Func<string, bool> isKnownOrder,
        Action<string> report,
        TimeProvider time)
    {
        _settings = settings;
        _messages = messages;
        _isKnownOrder = isKnownOrder;
        _report = report;
        _time = time;
        _courier = new Courier(data.PathOf("whatsapp-notifications.jsonl"), "facebookexternalua", report, time);
        _server = new LoopbackWebServer(
            Map,
            new SpoiltAnswers(
                context => SpoilAsync(WhatsAppError.Failing(HttpMethods.IsPost(context.Request.Method)), context),
                context => SpoilAsync(WhatsAppError.Undeliverable(), context)),
            _faults,
            time);
    }

    public FaultSwitch Faults => _faults;

    public bool IsListening => _server.IsListening;

    public Task ListenAsync(int port, CancellationToken cancellationToken) => _server.ListenAsync(port, cancellationToken);

    public Task CloseAsync() => _server.CloseAsync();

    public void SetApp(Uri address)
    {
        _courier.SetApp(address);

        if (_settings.WhatsAppVerifyToken is { } verifyToken)
        {
            var check = Subscription.CheckAsync(new Uri(address, WebhookPath), verifyToken, _report, _time, _stopping.Token);
            _subscribing = Task.WhenAll(_subscribing, check);
        }
    }

    public object Statistics()
    {
        var (posted, delivered, givenUp) = _courier.Counts;

        return new
        {
            MessageCalls = Interlocked.Read(ref _messageCalls),
            Accepted = Interlocked.Read(ref _accepted),
            Rejected = Interlocked.Read(ref _rejected),
            Spoilt = Interlocked.Read(ref _spoilt),
            Probes = Interlocked.Read(ref _probes),
            WebhooksPosted = posted,
            WebhooksDelivered = delivered,
            WebhooksGivenUp = givenUp,
            WebhooksWaiting = _courier.Waiting,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        _faults.Dispose();
        await _subscribing;
        await _courier.DisposeAsync();
        _stopping.Dispose();
    }

    private void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/{version}/{phoneNumberId}/messages", (RequestDelegate)SendAsync);
        routes.MapGet("/{version}/{phoneNumberId}", (RequestDelegate)DescribeAsync);
    }

    private async Task SendAsync(HttpContext context)
    {
        Interlocked.Increment(ref _messageCalls);
        var answer = await DecideAsync(context);

        Interlocked.Increment(ref answer.HttpStatus == StatusCodes.Status200OK ? ref _accepted : ref _rejected);
        await answer.WriteAsync(context);
    }

    private async Task<Answer> DecideAsync(HttpContext context)
    {
        if (Refuses(context) is { } refusal)
        {
            return refusal;
        }

        if (await RequestBody.ReadObjectAsync(context, context.RequestAborted) is not { } body)
        {
            return WhatsAppError.InvalidParameter("The body is not a JSON object.");
        }

        if (WhatsAppRequest.Read(body, out var error) is not { } request)
        {
            return error!;
        }

        var messageId = "wamid." + Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));
        Record(request, messageId);
        Announce(request, messageId, PhoneNumberIdOf(context));

        return new Answer(StatusCodes.Status200OK, new JsonObject
        {
            ["messaging_product"] = "whatsapp",
            ["contacts"] = new JsonArray(new JsonObject { ["input"] = request.To, ["wa_id"] = request.Digits }),
            ["messages"] = new JsonArray(new JsonObject { ["id"] = messageId, ["message_status"] = "accepted" }),
        });
    }

    private async Task DescribeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _probes);

        var answer = Refuses(context) ?? new Answer(StatusCodes.Status200OK, new JsonObject
        {
            ["verified_name"] = "BuatFilm Sandbox",
            ["display_phone_number"] = "+1 555-000-0000",
            ["quality_rating"] = "GREEN",
            ["id"] = PhoneNumberIdOf(context),
        });
        await answer.WriteAsync(context);
    }

    private Answer? Refuses(HttpContext context)
    {
        if (_settings.WhatsAppAccessToken is { } expected)
        {
            var given = Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString());
            if (!CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes("Bearer " + expected)))
            {
                return WhatsAppError.Unauthorized();
            }
        }

        var id = PhoneNumberIdOf(context);
        return _settings.WhatsAppPhoneNumberId is { } configured && configured != id ? WhatsAppError.UnknownObject(id) : null;
    }

    private void Record(WhatsAppRequest request, string messageId)
    {
        var orderId = MentionedOrder.In(request, _isKnownOrder);
        var body = string.Join('\n', request.Parameters);
        if (orderId is not null && !body.Contains(orderId, StringComparison.Ordinal))
        {
            body += $"\n({orderId})";
        }

        _messages.Add(new ReceivedMessage(
            "whatsapp",
            "+" + request.Digits,
            request.Template,
            body,
            Html: null,
            orderId,
            messageId,
            _time.GetUtcNow()));
    }

    private void Announce(WhatsAppRequest request, string messageId, string phoneNumberId)
    {
        if (_settings.WhatsAppAppSecret is not { } appSecret)
        {
            return;
        }

        var at = _time.GetUtcNow();
        foreach (var status in Statuses)
        {
            var body = StatusWebhook.Body(messageId, request, phoneNumberId, status, at);
            _courier.Post(messageId, WebhookPath, body, StatusWebhook.Sign(body, appSecret), at);
            at += _settings.WhatsAppStatusInterval;
        }
    }

    private Task SpoilAsync(Answer answer, HttpContext context)
    {
        Interlocked.Increment(ref _spoilt);
        return answer.WriteAsync(context);
    }

    private static string PhoneNumberIdOf(HttpContext context) => (string)context.Request.RouteValues["phoneNumberId"]!;
}
