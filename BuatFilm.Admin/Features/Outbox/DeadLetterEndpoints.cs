using System.Globalization;
using System.Text.Json;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary><c>/api/ops/v1/dead-letters</c>: messages that are not delivered any more.</summary>
internal static class DeadLetterEndpoints
{
    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var ops = routes.MapOps("/dead-letters");
        ops.MapGet("", ListAsync).RequirePermission(Permissions.DeadLettersRead);
        ops.MapGet("/{id}", FindAsync).RequirePermission(Permissions.DeadLettersRead);
    }

    private static async Task<IResult> ListAsync(HttpRequest request, string? cursor, int? limit, DeadLetterQueries queries, CancellationToken cancellationToken)
    {
        // The same reader as for the filter of a plan: what the list takes, a plan takes too.
        var fields = new RequestFields();
        var query = JsonSerializer.SerializeToElement(request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal));
        var filter = DeadLetterFilter.Read(query, fields);
        if (fields.HasErrors)
        {
            return Problems.Validation(fields.Errors);
        }

        if (!DeadLetterQueries.TryReadCursor(cursor, out var before))
        {
            return Problems.InvalidCursor();
        }

        var size = PageSize.Of(limit);
        var lines = await queries.ListAsync(filter, before, size + 1, cancellationToken);
        return Results.Ok(lines.ToPage(size, DeadLetterQueries.CursorOf));
    }

    private static async Task<IResult> FindAsync(string id, DeadLetterQueries queries, CancellationToken cancellationToken) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var message) && await queries.FindAsync(message, cancellationToken) is { } found
            ? Results.Ok(found)
            : new Problem(StatusCodes.Status404NotFound, "dead_letter_not_found", "There is no such dead letter. Check the id; it may have been requeued.");
}
