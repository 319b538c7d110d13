using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Payments;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Integrations.Midtrans;

/// <summary>Midtrans' Snap and Core APIs, behind the Midtrans breaker.</summary>
/// <remarks>Midtrans may answer HTTP 200 with an error in the body, and an expired payment as 407: the body decides.</remarks>
internal sealed class MidtransClient(HttpClient http, ServicePipelines pipelines, IOptionsMonitor<MidtransOptions> options)
{
    /// <summary>Far above any answer; more is not Midtrans.</summary>
    private const int MaxAnswerBytes = 256 * 1024;

    private readonly ServicePipeline _pipeline = pipelines[ExternalService.Midtrans];

    /// <summary>Asks for a payment page.</summary>
    /// <remarks>Repeating it with the same order id is safe until the customer has chosen a method: the new token replaces the old.</remarks>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<SnapAnswer> CreateSnapAsync(SnapOrder order, CancellationToken cancellationToken) => _pipeline.ExecuteAsync(
        attempt => CreateOnceAsync(order, attempt),
        retryAfter => _pipeline.Fault is { PausedUntil: not null } fault
            ? new SnapAnswer(SnapResult.Misconfigured, ServiceVerdict.NotCalled, Code: fault.Class, RetryAfter: retryAfter)
            : new SnapAnswer(SnapResult.Unavailable, ServiceVerdict.NotCalled, Code: "breaker_open", RetryAfter: retryAfter),
        () => new SnapAnswer(SnapResult.Unavailable, ServiceVerdict.Outage, Code: "timeout"),
        cancellationToken);

    /// <summary>Asks what became of a payment.</summary>
    /// <param name="id">A transaction id, or an order id as Midtrans knows it.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<StatusAnswer> GetStatusAsync(string id, CancellationToken cancellationToken) =>
        // A step in a path, which no escape keeps in its place: the question would go to another route.
        id is "." or ".." or ""
            ? Task.FromResult(new StatusAnswer(StatusResult.NotFound, ServiceVerdict.NotCalled, Code: "404"))
            : _pipeline.ExecuteAsync(
                attempt => GetOnceAsync(id, attempt),
                retryAfter => _pipeline.Fault is { PausedUntil: not null } fault
                    ? new StatusAnswer(StatusResult.Misconfigured, ServiceVerdict.NotCalled, Code: fault.Class, RetryAfter: retryAfter)
                    : new StatusAnswer(StatusResult.Unavailable, ServiceVerdict.NotCalled, Code: "breaker_open", RetryAfter: retryAfter),
                () => new StatusAnswer(StatusResult.Unavailable, ServiceVerdict.Outage, Code: "timeout"),
                cancellationToken);

    private async Task<SnapAnswer> CreateOnceAsync(SnapOrder order, CancellationToken cancellationToken)
    {
        using var request = Authorized(HttpMethod.Post, new Uri(options.CurrentValue.SnapAddress, "/snap/v1/transactions"));
        request.Content = new ByteArrayContent(SnapRequest.BodyOf(order)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var (_, body) = await ReadAsync(response, cancellationToken);
            return SnapReading.Of((int)response.StatusCode, body, RetryAfterOf(response));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new SnapAnswer(SnapResult.Unavailable, ServiceVerdict.Outage, Code: "connection");
        }
    }

    private async Task<StatusAnswer> GetOnceAsync(string id, CancellationToken cancellationToken)
    {
        using var request = Authorized(HttpMethod.Get, new Uri(options.CurrentValue.ApiAddress, $"/v2/{Uri.EscapeDataString(id)}/status"));

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var (raw, body) = await ReadAsync(response, cancellationToken);

            // The body's code wins over HTTP's: "not found" comes as 404 and as 200 with 404 inside.
            var code = body is { } answer && MidtransJson.Text(answer, "status_code") is { } told ? told : ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (body is { } json && MidtransNotification.TryRead(json, out var payment))
            {
                return new StatusAnswer(StatusResult.Found, ServiceVerdict.Answered, payment, raw, code);
            }

            return code switch
            {
                // Only in its own words: a proxy that finds no page must not undo a payment.
                "404" when body is not null => new StatusAnswer(StatusResult.NotFound, ServiceVerdict.Answered, Code: code),
                "401" => new StatusAnswer(StatusResult.Misconfigured, ServiceVerdict.Misconfigured, Code: $"http_{code}"),

                // 410: the account is closed. Without Midtrans' own words it is somebody on the way who takes exception to the request.
                "403" or "410" when body is not null => new StatusAnswer(StatusResult.Misconfigured, ServiceVerdict.Misconfigured, Code: $"http_{code}"),
                "429" => new StatusAnswer(StatusResult.Unavailable, ServiceVerdict.Throttled, Code: "http_429", RetryAfter: RetryAfterOf(response)),

                // One bank or one feature, not the gateway.
                "502" or "503" or "504" or "505" when response.IsSuccessStatusCode => new StatusAnswer(StatusResult.Unavailable, ServiceVerdict.Answered, Code: $"status_{code}"),

                // It is still at the request.
                "202" => new StatusAnswer(StatusResult.Unavailable, ServiceVerdict.Answered, Code: "status_202", RetryAfter: RetryAfterOf(response)),
                "408" when body is null => new StatusAnswer(StatusResult.Unavailable, ServiceVerdict.Outage, Code: "http_408"),
                _ when code.StartsWith('4') => new StatusAnswer(StatusResult.Unavailable, ServiceVerdict.Answered, Code: $"status_{code}"),
                _ => new StatusAnswer(StatusResult.Unavailable, ServiceVerdict.Outage, Code: $"http_{(int)response.StatusCode}", RetryAfter: RetryAfterOf(response)),
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new StatusAnswer(StatusResult.Unavailable, ServiceVerdict.Outage, Code: "connection");
        }
    }

    private HttpRequestMessage Authorized(HttpMethod method, Uri address)
    {
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.CurrentValue.ServerKey}:"));
        return new HttpRequestMessage(method, address)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", credentials), Accept = { new MediaTypeWithQualityHeaderValue("application/json") } },
        };
    }

    /// <summary>Reads the body; the second part is null when it is not a JSON object, such as a proxy's HTML page.</summary>
    private static async Task<(byte[] Raw, JsonElement? Body)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxAnswerBytes];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var raw = buffer.AsSpan(0, length).ToArray();

        try
        {
            using var document = JsonDocument.Parse(raw);
            return (raw, document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null);
        }
        catch (JsonException)
        {
            return (raw, null);
        }
    }

    // Only the form in seconds: a date would need Midtrans' clock to be ours.
    private static TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;
}
