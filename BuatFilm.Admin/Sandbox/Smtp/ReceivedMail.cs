using BuatFilm.Admin.Sandbox.Messages;
using MimeKit;

namespace BuatFilm.Admin.Sandbox.Smtp;

/// <summary>Reads a mail as its recipient's program would.</summary>
internal static class ReceivedMail
{
    private const string OrderHeader = "X-BuatFilm-Order";

    // A mail may be 10 MB; what is shown of it need not be.
    private const int MaxShown = 256 * 1024;

    /// <summary>One message for each recipient.</summary>
    /// <exception cref="FormatException">It is no mail.</exception>
    public static IReadOnlyList<ReceivedMessage> Read(SmtpEnvelope envelope, Stream content, DateTimeOffset now)
    {
        using var mail = MimeMessage.Load(content);

        var html = mail.HtmlBody;
        var text = mail.TextBody ?? html ?? "";
        var orderId = mail.Headers[OrderHeader]?.Trim();

        return
        [
            .. envelope.Recipients.Select(recipient => new ReceivedMessage(
                "email",
                recipient,
                mail.Subject,
                Shown(text),
                html is null ? null : Shown(html),
                string.IsNullOrEmpty(orderId) ? null : orderId,
                mail.MessageId,
                now)),
        ];
    }

    private static string Shown(string text) => text.Length > MaxShown ? text[..MaxShown] : text;
}
