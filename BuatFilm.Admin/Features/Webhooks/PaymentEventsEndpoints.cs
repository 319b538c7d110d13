using System.Globalization;
using System.Text.Json;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;
using BuatFilm.Core.Webhooks;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary><c>/api/ops/v1/payment-events</c>: what Midtrans said, and having it looked at again.</summary>
internal static class PaymentEventsEndpoints
{
    private const int MaxBodyBytes = 4 * 1024;

    public static void MapPaymentEvents(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOps("/payment-events");

        group.MapGet("/", ListAsync)
            .RequirePermission(Permissions.PaymentEventsRead)
            .WithName("ListPaymentEvents")
            .WithSummary("Lists payment events, newest first.")
            .Produces<Page<PaymentEventItem>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);

        group.MapGet("/{id:long}", FindAsync)
            .RequirePermission(Permissions.PaymentEventsRead)
            .WithName("GetPaymentEvent")
            .WithSummary("Gives a payment event with its body; customers' data are masked without payment-events:read-raw.")
            .Produces<PaymentEventDetail>()
            .ProducesProblem(StatusCodes.Status404NotFound);

        group.MapPost("/{id:long}/reprocess", ReprocessAsync)
            .RequirePermission(Permissions.PaymentEventsReprocess)
            .WithName("ReprocessPaymentEvent")
            .WithSummary("Asks Midtrans again about an event, and applies what it says.")
            .Produces<ReprocessedEvent>()
            .Produces<ReprocessedEvent>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ListAsync(PaymentEventQueries queries, CancellationToken cancellationToken, string? orderId = null, string? outcome = null, string? cursor = null, int? limit = null)
    {
        EventOutcome? only = null;
        if (outcome is not null)
        {
            if (!WireName<EventOutcome>.TryParse(outcome, out var known))
            {
                return Problems.Validation(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["outcome"] = [$"Use one of {string.Join(", ", WireName<EventOutcome>.All)}."] });
            }

            only = known;
        }

        long? before = null;
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, 1, out var parts) || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                return Problems.InvalidCursor();
            }

            before = id;
        }

        // No id of an order is longer; and PostgreSQL takes no NUL.
        return orderId is { Length: > 50 } || orderId?.Contains('\0', StringComparison.Ordinal) == true
            ? Results.Ok(new Page<PaymentEventItem>([], null))
            : Results.Ok(await queries.ListAsync(orderId, only, before, PageSize.Of(limit), cancellationToken));
    }

    private static async Task<IResult> FindAsync(long id, HttpContext context, PaymentEventQueries queries, Databases databases, CancellationToken cancellationToken)
    {
        var withCustomer = context.User.May(Permissions.PaymentEventsReadRaw);
        if (await queries.FindAsync(id, withCustomer, cancellationToken) is not { } found)
        {
            return NotFound();
        }

        if (withCustomer)
        {
            // Whoever sees a customer's data is seen doing so.
            await AuditRows.AppendAsync(
                databases.Pages, Access.ActorOf(context.User), Permissions.PaymentEventsReadRaw, $"payment-event:{id.ToString(CultureInfo.InvariantCulture)}", AuditOutcome.Done, null,
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["orderId"] = found.Event.MidtransOrderId }, null, cancellationToken);
        }

        return Results.Ok(found);
    }

    private static async Task<IResult> ReprocessAsync(long id, HttpContext context, ReprocessPaymentEvent reprocess, CancellationToken cancellationToken)
    {
        var (reason, problem) = await ReadReasonAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        return await reprocess.ExecuteAsync(context.User, id, reason, cancellationToken) switch
        {
            ReprocessOutcome.NotFound => NotFound(),
            ReprocessOutcome.NothingToDo nothing => new Problem(StatusCodes.Status409Conflict, "nothing_to_reprocess", nothing.Why),
            ReprocessOutcome.Settled settled => Results.Ok(settled.Event),
            ReprocessOutcome.Waits waits => Results.Json(waits.Event, statusCode: StatusCodes.Status202Accepted),
            _ => throw new InvalidOperationException("An outcome without an answer."),
        };
    }

    /// <summary>Reads <c>{"reason": …}</c>; no body at all is fine.</summary>
    private static async Task<(string? Reason, Problem? Problem)> ReadReasonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, MaxBodyBytes, cancellationToken);
        if (body.IsTooLarge)
        {
            return (null, Problems.BodyTooLarge(MaxBodyBytes));
        }

        if (body.Bytes.Length == 0)
        {
            return (null, null);
        }

        if (!StrictJson.TryParse(body.Bytes, out var document, out var defect))
        {
            return (null, Problems.Json(defect));
        }

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object && (!document.RootElement.TryGetProperty("reason", out var reason) || reason.ValueKind is JsonValueKind.String or JsonValueKind.Null)
                ? (reason.ValueKind == JsonValueKind.String ? reason.GetString() : null, null)
                : (null, Problems.Validation(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["reason"] = ["Send a text, or leave it out."] }));
        }
    }

    private static Problem NotFound() => new(StatusCodes.Status404NotFound, "payment_event_not_found", "There is no such payment event. Check the id.");
}
