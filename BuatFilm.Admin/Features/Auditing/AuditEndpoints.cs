using System.Globalization;
using System.Text.Json;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;

namespace BuatFilm.Admin.Features.Auditing;

/// <summary><c>/api/ops/v1/audit</c>: who did what to what.</summary>
internal static class AuditEndpoints
{
    private const int MaxWord = 200;

    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapOps("/audit").MapGet("", ListAsync).RequirePermission(Permissions.AuditRead);

    private static async Task<IResult> ListAsync(HttpRequest request, string? cursor, int? limit, AuditQueries queries, CancellationToken cancellationToken)
    {
        var fields = new RequestFields();
        var query = JsonSerializer.SerializeToElement(request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal));
        var filter = new AuditFilter(fields.Text(query, "actor", "actor", MaxWord), fields.Text(query, "action", "action", MaxWord), fields.Text(query, "target", "target", MaxWord));
        if (fields.HasErrors)
        {
            return Problems.Validation(fields.Errors);
        }

        long? before = null;
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, 1, out var parts) || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            {
                return Problems.InvalidCursor();
            }

            before = last;
        }

        var size = PageSize.Of(limit);
        var entries = await queries.ListAsync(filter, before, size + 1, cancellationToken);
        return Results.Ok(entries.ConvertAll(AuditLine.Of).ToPage(size, line => Cursor.Of(line.Id.ToString(CultureInfo.InvariantCulture))));
    }
}

/// <summary>One entry of the audit log.</summary>
/// <param name="Id">Follows the entry before it without a gap.</param>
/// <param name="Actor">A person, <c>api:&lt;name of the key&gt;</c>, or <c>system</c>.</param>
/// <param name="Outcome"><c>done</c>, <c>refused</c> or <c>failed</c>.</param>
internal sealed record AuditLine(long Id, DateTimeOffset At, string Actor, string Action, string? Target, string Outcome, string? Reason, JsonElement Data, Guid? OperationId)
{
    public static AuditLine Of(AuditEntry entry) => new(
        entry.Id, entry.At, entry.Actor, entry.Action, entry.Target, WireName<AuditOutcome>.Of(entry.Outcome), entry.Reason, JsonElement.Parse(entry.Data), entry.OperationId);
}
