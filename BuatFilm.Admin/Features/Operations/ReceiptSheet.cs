using System.Text;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Admin.Security;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>The receipt as people open it: in their language, times in WIB. Sent piece by piece, for it may have a million lines.</summary>
internal static class ReceiptSheet
{
    private const int Piece = 5_000;

    public static string AddressOf(Guid id) => $"/operations/{id}/receipt.csv";

    public static void MapReceiptSheet(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/operations/{id:guid}/receipt.csv", WriteAsync).RequireAuthorization(Permissions.OperationsRead).ExcludeFromDescription();

    private static async Task<IResult> WriteAsync(Guid id, OperationQueries queries, IStringLocalizer<OperationsPageTexts> texts, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(id, cancellationToken) is null)
        {
            return Results.NotFound();
        }

        var separator = CsvText.Separator;
        return Results.Stream(
            async stream =>
            {
                await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
                string[] titles = ["Item.Position", "Item.Message", "Item.Order", "Item.Kind", "Item.Channel", "Item.State", "Item.Reason", "Item.Ended"];
                await writer.WriteAsync(CsvText.Line(titles.Select(title => (object?)texts[title].Value), separator));
                List<ReceiptLine> lines;
                var last = 0;
                do
                {
                    lines = await queries.ReceiptAsync(id, null, last, Piece, cancellationToken);
                    foreach (var line in lines)
                    {
                        await writer.WriteAsync(CsvText.Line(
                            [line.Position, line.Id, line.OrderId, line.Kind, line.Channel, texts[$"ItemState.{line.State}"].Value, line.Reason is { } reason ? texts[$"Reason.{reason}"].Value : null, line.EndedAt],
                            separator));
                        last = line.Position;
                    }

                    await writer.FlushAsync(cancellationToken);
                }
                while (lines.Count == Piece);
            },
            "text/csv; charset=utf-8",
            $"operation-{id}.csv");
    }
}
