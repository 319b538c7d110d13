using System.Net.Mime;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary><c>/api/v1/whatsapp/webhook</c>: Meta asks whether it is ours, and reports how far messages came.</summary>
internal static class WhatsAppWebhookEndpoints
{
    private const string Path = "/api/v1/whatsapp/webhook";

    private const int MaxBytes = 256 * 1024;

    /// <summary>Meta's challenges have about ten characters.</summary>
    private const int MaxChallenge = 200;

    public static void MapWhatsAppWebhook(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Check)
            .AllowAnonymousBecause("The verify token in the query is the authentication.")
            .RequireRateLimiting(RateLimits.Webhook)
            .WithName("CheckWhatsAppWebhook")
            .WithTags("WhatsApp")
            .WithSummary("Proves to Meta that the webhook is ours.")
            .Produces<string>(contentType: MediaTypeNames.Text.Plain)
            .ProducesProblem(StatusCodes.Status401Unauthorized);

        routes.MapPost(Path, ReceiveAsync)
            .AllowAnonymousBecause("The signature in X-Hub-Signature-256 is the authentication.")
            .RequireRateLimiting(RateLimits.Webhook)
            .DisableAntiforgery()
            .WithName("ReceiveWhatsAppReports")
            .WithTags("WhatsApp")
            .WithSummary("Takes Meta's reports on the delivery of messages.")
            .Produces(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    internal static IResult Check(
        [FromQuery(Name = "hub.mode")] string? mode,
        [FromQuery(Name = "hub.verify_token")] string? token,
        [FromQuery(Name = "hub.challenge")] string? challenge,
        IOptionsMonitor<WhatsAppOptions> options) =>
        WhatsAppSignature.IsToken(token, options.CurrentValue.VerifyToken) && mode == "subscribe" && challenge is { Length: > 0 and <= MaxChallenge }
            ? Results.Text(challenge, MediaTypeNames.Text.Plain)
            : new Problem(StatusCodes.Status401Unauthorized, "bad_verify_token", "The check does not fit. Compare the verify token in Meta's dashboard with WhatsApp:VerifyToken.");

    /// <remarks>Meta repeats whatever is not answered 200, for days: what is signed and of no use here is answered so, and what cannot be stored 503.</remarks>
    internal static async Task<IResult> ReceiveAsync(
        HttpContext context,
        RecordReceipts record,
        IOptionsMonitor<WhatsAppOptions> options,
        TimeProvider time,
        ILogger<RecordReceipts> logger,
        CancellationToken cancellationToken)
    {
        try
        {
            var body = await RequestBody.ReadAsync(context.Request, MaxBytes, cancellationToken);
            if (body.IsTooLarge)
            {
                return Problems.BodyTooLarge(MaxBytes);
            }

            var account = options.CurrentValue;
            if (!WhatsAppSignature.IsValid(body.Bytes, context.Request.Headers["X-Hub-Signature-256"], account.AppSecret))
            {
                return new Problem(StatusCodes.Status401Unauthorized, "bad_signature", "The signature does not fit. Compare the app secret in Meta's dashboard with WhatsApp:AppSecret.");
            }

            if (StrictJson.TryParse(body.Bytes, out var document, out _))
            {
                using (document)
                {
                    await record.ExecuteAsync(WhatsAppReports.Read(document.RootElement, account.PhoneNumberId, time.GetUtcNow()), cancellationToken);
                }
            }

            return Results.Ok();
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or BadHttpRequestException))
        {
            logger.LogError(exception, "WhatsApp's reports could not be taken in; they are answered 503.");
            return new Problem(StatusCodes.Status503ServiceUnavailable, "not_stored", "The reports could not be stored. Send them again.") { RetryAfter = TimeSpan.FromSeconds(30) };
        }
    }
}
