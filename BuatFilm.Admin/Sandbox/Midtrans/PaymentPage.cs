using System.Globalization;
using System.Net;
using System.Text;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>The page behind <c>redirect_url</c>: honest about being a stand-in, with a button for each thing a customer may do.</summary>
internal sealed class PaymentPage(PaymentBook book, TimeProvider time)
{
    private static readonly (string Label, string Method, string? Provider, string Outcome)[] Choices =
    [
        ("Kartu kredit: berhasil", "credit_card", null, "capture"),
        ("Kartu kredit: ditolak", "credit_card", null, "deny"),
        ("GoPay: berhasil", "gopay", null, "settlement"),
        ("QRIS: berhasil", "qris", null, "settlement"),
        ("BCA virtual account: minta nomor", "bank_transfer", "bca", "pending"),
        ("BCA virtual account: bayar", "bank_transfer", "bca", "settlement"),
        ("Indomaret: minta kode", "cstore", "indomaret", "pending"),
        ("Indomaret: bayar", "cstore", "indomaret", "settlement"),
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/snap/v4/redirection/{token}", (RequestDelegate)ShowAsync);
        routes.MapPost("/snap/v4/redirection/{token}", (RequestDelegate)PayAsync);
    }

    private async Task ShowAsync(HttpContext context)
    {
        if (FindSession(context) is { } session)
        {
            await WriteAsync(context, StatusCodes.Status200OK, Describe(session));
            return;
        }

        await WriteAsync(context, StatusCodes.Status404NotFound, "<p>Token pembayaran tidak dikenal.</p>");
    }

    private async Task PayAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var chosen = int.TryParse(form["choice"], NumberStyles.None, CultureInfo.InvariantCulture, out var choice) && choice < Choices.Length;

        if (!chosen || FindSession(context) is not { } session)
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, "<p>Pilihan tidak dikenal.</p>");
            return;
        }

        var (_, type, provider, outcomeName) = Choices[choice];
        var method = PaymentMethod.Find(type, provider, provider)!;
        _ = PaymentStates.TryRead(outcomeName, out var outcome);
        var result = book.Pay(new PayOrder(session.OrderId, method, AnyProvider: false, outcome, Amount: null));

        var said = result.Verdict == PayVerdict.Done ? "Tercatat; notifikasi dikirim ke toko." : "Halaman pembayaran ini sudah berakhir.";
        await WriteAsync(context, StatusCodes.Status200OK, $"<p><strong>{said}</strong></p>{Describe(session)}");
    }

    private SnapSession? FindSession(HttpContext context) => book.FindSession((string)context.Request.RouteValues["token"]!);

    private string Describe(SnapSession session)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<p>Pesanan <strong>{WebUtility.HtmlEncode(session.OrderId)}</strong>: ");
        html.Append(CultureInfo.InvariantCulture, $"Rp{session.GrossAmount}</p>");

        if (!session.IsOpen(time.GetUtcNow()))
        {
            return html.Append("<p>Halaman pembayaran ini sudah berakhir.</p>").ToString();
        }

        html.Append("<form method=\"post\">");
        for (var choice = 0; choice < Choices.Length; choice++)
        {
            html.Append(
                CultureInfo.InvariantCulture,
                $"<p><button name=\"choice\" value=\"{choice}\">{WebUtility.HtmlEncode(Choices[choice].Label)}</button></p>");
        }

        return html.Append("</form>").ToString();
    }

    private static async Task WriteAsync(HttpContext context, int status, string content)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(
            "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\"><title>Sandbox pembayaran</title></head><body>"
            + "<h1>Sandbox pembayaran BuatFilm</h1><p>Ini pengganti Midtrans untuk pengembangan. Tidak ada uang yang berpindah.</p>"
            + content + "</body></html>",
            context.RequestAborted);
    }
}
