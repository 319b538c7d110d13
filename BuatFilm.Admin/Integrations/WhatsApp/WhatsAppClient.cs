using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>Meta's WhatsApp Cloud API, behind the WhatsApp breaker.</summary>
/// <remarks>
/// It knows no key for repeated calls: a message whose answer is lost may be on its way. So the moment in which the
/// body is handed over parts "failed" from "unknown".
/// </remarks>
internal sealed class WhatsAppClient(HttpClient http, ServicePipelines pipelines, IOptionsMonitor<WhatsAppOptions> options)
{
    /// <summary>Far above any answer; more is not Meta.</summary>
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly ServicePipeline _pipeline = pipelines[ExternalService.WhatsApp];

    /// <summary>Tries once to hand a message over.</summary>
    /// <returns>What became of it; failures of the outside world too.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it; the message may be out.</exception>
    public async Task<DeliveryOutcome> SendAsync(WhatsAppMessage message, CancellationToken cancellationToken)
    {
        var account = options.CurrentValue;
        if (!account.IsConfigured)
        {
            return WhatsAppFailure.NotConfigured;
        }

        if (message.Digits is null)
        {
            return WhatsAppFailure.UnusableRecipient;
        }

        var body = new HandedOverContent(message.ToBody());
        return await _pipeline.ExecuteAsync(
            attempt => SendOnceAsync(account, body, attempt),
            WhatsAppFailure.BreakerOpen,
            () => WhatsAppFailure.TimedOut(body.IsHandedOver),
            cancellationToken);
    }

    /// <summary>Asks whether our number is there.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<DeliveryOutcome> LookUpNumberAsync(CancellationToken cancellationToken)
    {
        var account = options.CurrentValue;
        return account.IsConfigured
            ? await _pipeline.ExecuteAsync(attempt => LookUpOnceAsync(account, attempt), WhatsAppFailure.BreakerOpen, () => WhatsAppFailure.TimedOut(handedOver: false), cancellationToken)
            : WhatsAppFailure.NotConfigured;
    }

    private async Task<DeliveryOutcome> SendOnceAsync(WhatsAppOptions account, HandedOverContent content, CancellationToken cancellationToken)
    {
        using var request = Authorized(account, HttpMethod.Post, "/messages");
        request.Content = content;
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var answer = await ReadAsync(response, cancellationToken);
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.Accepted))
            {
                return WhatsAppFailure.Classify((int)response.StatusCode, answer, RetryAfterOf(response));
            }

            return answer is { } json && MessageIdOf(json) is { } id
                ? DeliveryOutcome.Delivered(id)
                : new DeliveryOutcome(DeliveryResult.Unknown, ServiceVerdict.Outage, $"http_{(int)response.StatusCode}", "The answer names no message.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return WhatsAppFailure.ConnectionLost(content.IsHandedOver, exception.Message);
        }
    }

    private async Task<DeliveryOutcome> LookUpOnceAsync(WhatsAppOptions account, CancellationToken cancellationToken)
    {
        using var request = Authorized(account, HttpMethod.Get, string.Empty);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var answer = await ReadAsync(response, cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.OK when answer is not null => DeliveryOutcome.Delivered(),

                // A success that is not JSON is a gateway that is not itself.
                _ when response.IsSuccessStatusCode => WhatsAppFailure.Classify(StatusCodes.Status502BadGateway, null, null),
                var status => WhatsAppFailure.ClassifyLookUp((int)status, answer, RetryAfterOf(response)),
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return WhatsAppFailure.ConnectionLost(handedOver: false, exception.Message);
        }
    }

    private static HttpRequestMessage Authorized(WhatsAppOptions account, HttpMethod method, string path) =>
        new(method, new Uri(account.Address, $"/{account.ApiVersion}/{account.PhoneNumberId}{path}"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", account.AccessToken), Accept = { new MediaTypeWithQualityHeaderValue("application/json") } },
        };

    /// <summary>Reads the body; null when it is not a JSON object, or ends early below an error that says enough without.</summary>
    private static async Task<JsonElement?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[MaxAnswerBytes];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            using var document = JsonDocument.Parse(buffer.AsMemory(0, length));
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception exception) when (exception is JsonException || (!response.IsSuccessStatusCode && exception is HttpRequestException or IOException))
        {
            return null;
        }
    }

    /// <summary>Meta's name for the message, such as <c>wamid.HBgN…</c>.</summary>
    private static string? MessageIdOf(JsonElement answer) =>
        answer.TryGetProperty("messages", out var messages) && messages.ValueKind == JsonValueKind.Array && messages.GetArrayLength() > 0
        && messages[0].ValueKind == JsonValueKind.Object && WhatsAppFailure.Text(messages[0], "id") is { Length: > 0 and <= 200 } id
            ? id
            : null;

    // A date is read by the server's own clock, or not at all.
    private static TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } at } when response.Headers.Date is { } now => at - now,
        _ => null,
    };

    /// <summary>A body that knows whether it went out.</summary>
    private sealed class HandedOverContent : ByteArrayContent
    {
        private volatile bool _isHandedOver;

        public HandedOverContent(byte[] body)
            : base(body) => Headers.ContentType = new MediaTypeHeaderValue("application/json");

        /// <summary>True from the moment in which the connection stands and its first byte may be on the way.</summary>
        public bool IsHandedOver => _isHandedOver;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            _isHandedOver = true;
            return base.SerializeToStreamAsync(stream, context, cancellationToken);
        }
    }
}
