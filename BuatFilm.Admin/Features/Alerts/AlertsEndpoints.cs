using System.Text.Json;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Security;
using BuatFilm.Core;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary><c>/api/ops/v1/alerts</c>: what should be looked at, whether people were told, and who has taken it on.</summary>
internal static class AlertsEndpoints
{
    private const int MaxBytes = 16 * 1024;

    public static void MapAlertsEndpoints(this IEndpointRouteBuilder routes)
    {
        var alerts = routes.MapOps("/alerts").RequireService(ExternalService.Database);
        alerts.MapGet("", ListAsync)
            .RequirePermission(Permissions.AlertsRead)
            .WithName("ListAlerts")
            .WithSummary("Lists alerts, newest first, with the delivery of their news.")
            .Produces<Page<AlertItem>>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        alerts.MapPost("/{id:long}/acknowledge", AcknowledgeAsync)
            .RequirePermission(Permissions.AlertsAcknowledge)
            .WithName("AcknowledgeAlert")
            .WithSummary("Takes an alert on. A second time changes nothing.")
            .Accepts<AcknowledgeRequest>("application/json")
            .Produces<AlertItem>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <param name="state"><c>open</c> or <c>resolved</c>; left out for both.</param>
    private static async Task<IResult> ListAsync(string? state, string? kind, string? cursor, int? limit, AlertQueries queries, CancellationToken cancellationToken)
    {
        AlertState? wanted = null;
        if (state is not null)
        {
            if (!WireName<AlertState>.TryParse(state, out var parsed))
            {
                return Problems.Validation(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["state"] = ["Give open or resolved, or leave it out."] });
            }

            wanted = parsed;
        }

        return await queries.ListAsync(wanted, kind, cursor, limit, cancellationToken) is { } page ? Results.Ok(page) : Problems.InvalidCursor();
    }

    private static async Task<IResult> AcknowledgeAsync(long id, HttpContext context, AcknowledgeAlert acknowledge, AlertQueries queries, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(context.Request, MaxBytes, cancellationToken);
        if (body.IsTooLarge)
        {
            return Problems.BodyTooLarge(MaxBytes);
        }

        string? note = null;
        if (body.Bytes.Length > 0)
        {
            if (!StrictJson.TryParse(body.Bytes, out var document, out var defect))
            {
                return Problems.Json(defect);
            }

            using (document)
            {
                if (!TryReadNote(document.RootElement, out note))
                {
                    return Problems.Validation(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["note"] = [$"Give a text of at most {AcknowledgeAlert.MaxNote} characters, or leave it out."] });
                }
            }
        }

        return await acknowledge.ExecuteAsync(id, Access.ActorOf(context.User), note, cancellationToken) && await queries.FindAsync(id, cancellationToken) is { } alert
            ? Results.Ok(alert)
            : Problems.NotFound();
    }

    private static bool TryReadNote(JsonElement body, out string? note)
    {
        note = null;
        if (body.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (!body.TryGetProperty("note", out var member) || member.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        note = member.ValueKind == JsonValueKind.String ? member.GetString()!.Trim() : null;
        return note is { Length: <= AcknowledgeAlert.MaxNote };
    }
}

/// <summary>The body of an acknowledgement; it may be left out.</summary>
/// <param name="Note">At most 500 characters, for the audit log.</param>
internal sealed record AcknowledgeRequest(string? Note);
