using System.Globalization;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Operations;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>Operations, how far they are, and their receipts.</summary>
internal static class OperationReadEndpoints
{
    public static void MapOperationReads(this IEndpointRouteBuilder routes)
    {
        var ops = routes.MapOps("/operations");
        ops.MapGet("", ListAsync).RequirePermission(Permissions.OperationsRead);
        ops.MapGet("/{id}", FindAsync).RequirePermission(Permissions.OperationsRead);
        ops.MapGet("/{id}/items", ItemsAsync).RequirePermission(Permissions.OperationsRead);
        ops.MapGet("/{id}/items.csv", CsvAsync).RequirePermission(Permissions.OperationsRead);
    }

    private static async Task<IResult> ListAsync(string? state, string? cursor, int? limit, OperationQueries queries, CancellationToken cancellationToken)
    {
        if (!TryReadWord<OperationState>(state, "state", out var wanted, out var refusal))
        {
            return refusal;
        }

        (DateTimeOffset, Guid)? before = null;
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, 2, out var parts)
                || !DateTimeOffset.TryParseExact(parts[0], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
                || !Guid.TryParse(parts[1], out var last))
            {
                return Problems.InvalidCursor();
            }

            before = (at.ToUniversalTime(), last);
        }

        var size = PageSize.Of(limit);
        var operations = await queries.ListAsync(wanted, before, size + 1, cancellationToken);
        var page = operations.ToPage(size, operation => Cursor.Of(operation.CreatedAt.ToString("O", CultureInfo.InvariantCulture), operation.Id.ToString()));
        return Results.Ok(new Page<OperationAnswer>([.. page.Items.Select(OperationAnswer.Of)], page.NextCursor));
    }

    private static async Task<IResult> FindAsync(string id, OperationQueries queries, CancellationToken cancellationToken) =>
        Guid.TryParse(id, out var operation) && await queries.FindAsync(operation, cancellationToken) is { } found
            ? Results.Ok(OperationAnswer.Of(found))
            : OperationProblems.NotFound();

    private static async Task<IResult> ItemsAsync(string id, string? state, string? cursor, int? limit, OperationQueries queries, CancellationToken cancellationToken)
    {
        if (!TryReadWord<OperationItemState>(state, "state", out var wanted, out var refusal))
        {
            return refusal;
        }

        var after = 0;
        if (cursor is not null && (!Cursor.TryRead(cursor, 1, out var parts) || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out after)))
        {
            return Problems.InvalidCursor();
        }

        if (!Guid.TryParse(id, out var operation) || await queries.FindAsync(operation, cancellationToken) is null)
        {
            return OperationProblems.NotFound();
        }

        var size = PageSize.Of(limit);
        var lines = await queries.ReceiptAsync(operation, wanted, after, size + 1, cancellationToken);
        return Results.Ok(lines.ToPage(size, line => Cursor.Of(line.Position.ToString(CultureInfo.InvariantCulture))));
    }

    private static async Task<IResult> CsvAsync(string id, OperationQueries queries, CancellationToken cancellationToken) =>
        Guid.TryParse(id, out var operation) && await queries.FindAsync(operation, cancellationToken) is not null
            ? new ReceiptCsv(operation, queries)
            : OperationProblems.NotFound();

    private static bool TryReadWord<T>(string? text, string field, out T? word, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Problem? refusal)
        where T : struct, Enum
    {
        word = WireName<T>.TryParse(text, out var known) ? known : null;
        refusal = word is null && !string.IsNullOrEmpty(text)
            ? Problems.Validation(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [$"Use one of {string.Join(", ", WireName<T>.All)}, or leave it out."] })
            : null;
        return refusal is null;
    }
}
