using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary><c>POST /api/v1/midtrans/notifications</c>: Midtrans says that a payment changed.</summary>
internal static class MidtransNotificationsEndpoints
{
    private const int MaxBytes = 64 * 1024;

    public static void MapMidtransNotifications(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/midtrans/notifications", HandleAsync)
            .AllowAnonymousBecause("The signature in the body is the authentication.")
            .RequireRateLimiting(RateLimits.Webhook)
            .DisableAntiforgery()
            .WithName("ReceiveMidtransNotification")
            .WithTags("Midtrans")
            .WithSummary("Takes a payment notification of Midtrans.")
            .Produces<NotificationAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <remarks>
    /// The answer steers Midtrans, which repeats a 503 four times and a 500 once: whatever fails leaves as a 503.
    /// </remarks>
    internal static async Task<IResult> HandleAsync(
        HttpContext context,
        NotificationIngest ingest,
        RejectedNotifications rejected,
        IOptionsMonitor<MidtransOptions> options,
        ILogger<NotificationIngest> logger,
        CancellationToken cancellationToken)
    {
        try
        {
            var body = await RequestBody.ReadAsync(context.Request, MaxBytes, cancellationToken);
            if (body.IsTooLarge)
            {
                WebhookMetrics.Rejected("too_large");
                return Problems.BodyTooLarge(MaxBytes);
            }

            if (!StrictJson.TryParse(body.Bytes, out var document, out var defect))
            {
                await rejected.KeepAsync("not_json", body.Bytes, context.Connection.RemoteIpAddress, cancellationToken);
                return Problems.Json(defect);
            }

            using (document)
            {
                return await ReceiveAsync(document.RootElement, body.Bytes, context, ingest, rejected, options.CurrentValue, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or BadHttpRequestException))
        {
            logger.LogError(exception, "A notification could not be taken in; it is answered 503.");
            return NotStored();
        }
    }

    private static async Task<IResult> ReceiveAsync(
        System.Text.Json.JsonElement body,
        byte[] raw,
        HttpContext context,
        NotificationIngest ingest,
        RejectedNotifications rejected,
        MidtransOptions account,
        CancellationToken cancellationToken)
    {
        if (!MidtransNotification.TryRead(body, out var news))
        {
            if (IsSubscriptionCharge(body))
            {
                // Midtrans sends these unsigned, and this shop sells no subscriptions.
                await rejected.KeepAsync("subscription", raw, context.Connection.RemoteIpAddress, cancellationToken);
                return Results.Ok(new NotificationAnswer(WireName<EventOutcome>.Of(EventOutcome.Unsupported)));
            }

            await rejected.KeepAsync("not_a_notification", raw, context.Connection.RemoteIpAddress, cancellationToken);
            return new Problem(StatusCodes.Status400BadRequest, "not_a_notification", "Send a payment notification of Midtrans with order_id, transaction_id, transaction_status, status_code, gross_amount and signature_key.");
        }

        if (!MidtransSignature.IsValid(news.OrderId, news.StatusCode, news.GrossAmount, news.SignatureKey, account.ServerKey, account.PreviousServerKey))
        {
            await rejected.KeepAsync("bad_signature", raw, context.Connection.RemoteIpAddress, cancellationToken);
            return new Problem(StatusCodes.Status401Unauthorized, "bad_signature", "The signature does not fit. Check that Midtrans and this shop use the same environment and server key.");
        }

        return await ingest.IngestAsync(news, raw, cancellationToken) is { } outcome
            ? Results.Ok(new NotificationAnswer(WireName<EventOutcome>.Of(outcome)))
            : NotStored();
    }

    private static bool IsSubscriptionCharge(System.Text.Json.JsonElement body) =>
        body.ValueKind == System.Text.Json.JsonValueKind.Object
        && body.TryGetProperty("event_name", out var name) && name.ValueKind == System.Text.Json.JsonValueKind.String
        && body.TryGetProperty("subscription", out var subscription) && subscription.ValueKind == System.Text.Json.JsonValueKind.Object;

    private static Problem NotStored() =>
        new(StatusCodes.Status503ServiceUnavailable, "not_stored", "The notification could not be stored. Send it again.") { RetryAfter = TimeSpan.FromSeconds(30) };
}

/// <param name="Outcome">What became of it: applied, duplicate, ignored_stale, pending_verification, unknown_order, mismatch or unsupported.</param>
internal sealed record NotificationAnswer(string Outcome);
