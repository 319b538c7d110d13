using System.Globalization;
using BuatFilm.Admin.Components.Lists;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>The receipt as a table for a spreadsheet, sent piece by piece: it may have a million lines.</summary>
internal sealed class ReceiptCsv(Guid id, OperationQueries queries) : IResult
{
    private const int Piece = 5_000;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"operation-{id}.csv\"";
        await response.WriteAsync(CsvText.Mark + CsvText.Line(["position", "id", "messageId", "orderId", "kind", "channel", "state", "reason", "endedAt"], ','), httpContext.RequestAborted);

        List<ReceiptLine> lines;
        var last = 0;
        do
        {
            lines = await queries.ReceiptAsync(id, null, last, Piece, httpContext.RequestAborted);
            foreach (var line in lines)
            {
                await response.WriteAsync(Write(line), httpContext.RequestAborted);
                last = line.Position;
            }
        }
        while (lines.Count == Piece);
    }

    private static string Write(ReceiptLine line) => CsvText.Line(
        [
            line.Position, line.Id, line.MessageId, line.OrderId, line.Kind, line.Channel, line.State, line.Reason,
            line.EndedAt?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        ],
        ',');
}
