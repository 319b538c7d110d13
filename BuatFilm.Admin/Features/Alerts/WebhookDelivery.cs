using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BuatFilm.Admin.Http;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Delivers alerts to <c>Ops:AlertWebhookUrl</c>, signed as Standard Webhooks.</summary>
/// <remarks>The address is the one of the settings, not of the message: it may be a secret, and what is configured now is what is meant.</remarks>
internal sealed class WebhookDelivery(HttpClient http, IOptions<AlertsOptions> options, TimeProvider time) : IMessageSender
{
    /// <summary>For the whole call, in real time.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public Channel Channel => Channel.Webhook;

    public ExternalService? Service => null;

    public async Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        if (options.Value.WebhookAddress is not { } address)
        {
            return new DeliveryOutcome(DeliveryResult.Refused, ServiceVerdict.NotCalled, "not_configured", "Ops:AlertWebhookUrl is not set any more.");
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        using var request = RequestOf(message, address);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return OutcomeOf(response);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryOutcome(DeliveryResult.Unknown, ServiceVerdict.Outage, "timeout");
        }
        catch (HttpRequestException exception)
        {
            return new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Outage, "connection", exception.Message);
        }
    }

    private static DeliveryOutcome OutcomeOf(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var code = $"http_{status.ToString(CultureInfo.InvariantCulture)}";

        return response.StatusCode switch
        {
            _ when response.IsSuccessStatusCode => DeliveryOutcome.Delivered(),
            HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or HttpStatusCode.TooManyRequests =>
                new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Throttled, code, RetryAfter: response.Headers.RetryAfter?.Delta),

            // A redirect is not followed: the address is wrong, and stays so.
            _ when status is >= 300 and < 500 => new DeliveryOutcome(DeliveryResult.Refused, ServiceVerdict.Answered, code),
            _ => new DeliveryOutcome(DeliveryResult.Failed, ServiceVerdict.Outage, code, RetryAfter: response.Headers.RetryAfter?.Delta),
        };
    }

    private HttpRequestMessage RequestOf(OutboundMessage message, Uri address)
    {
        var body = BodyOf(message.Data);
        var id = $"msg_{message.MessageId:N}"; // The same over all attempts, so that a double is recognised.
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers = { { "webhook-id", id }, { "webhook-timestamp", timestamp } },
        };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("BuatFilm-Admin", "1"));
        if (options.Value.WebhookKey() is { } key)
        {
            request.Headers.Add("webhook-signature", SignatureOf(key, id, timestamp, body));
        }

        return request;
    }

    /// <summary><c>v1,</c> and the HMAC-SHA256 over id, timestamp and body, parted by dots, in base64.</summary>
    internal static string SignatureOf(byte[] key, string id, string timestamp, byte[] body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body]));

    private static byte[] BodyOf(IReadOnlyDictionary<string, string> data)
    {
        var passed = data.GetValueOrDefault("event") == "passed";
        return JsonSerializer.SerializeToUtf8Bytes(
            new WebhookAlert(
                long.Parse(data["alertId"], CultureInfo.InvariantCulture),
                data["alertKind"],
                data["severity"],
                passed ? "resolved" : data["event"],
                data.GetValueOrDefault("target"),
                JsonSerializer.Deserialize<Dictionary<string, string>>(data["details"])!,
                data["title"],
                data["summary"],
                data["raisedAt"],
                data.GetValueOrDefault("resolvedAt")),
            ApiJson.Options);
    }
}

/// <summary>An alert as the webhook gets it.</summary>
/// <param name="Event"><c>raised</c> or <c>resolved</c>; one that was over before it could be told comes once, as resolved.</param>
/// <param name="Data">What the alert holds; part of it may have been written by others.</param>
/// <param name="RaisedAt">ISO 8601, in UTC.</param>
internal sealed record WebhookAlert(
    long Id,
    string Kind,
    string Severity,
    string Event,
    string? Target,
    IReadOnlyDictionary<string, string> Data,
    string Title,
    string Summary,
    string RaisedAt,
    string? ResolvedAt);
