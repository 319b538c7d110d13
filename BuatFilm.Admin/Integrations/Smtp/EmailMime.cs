using System.Diagnostics.CodeAnalysis;
using MimeKit;
using MimeKit.Text;

namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>Turns an <see cref="EmailMessage"/> into what goes over the wire.</summary>
internal static class EmailMime
{
    public const string OrderHeader = "X-BuatFilm-Order";

    /// <returns>False when the recipient is not exactly one bare mail address.</returns>
    public static bool TryCreate(EmailMessage email, MailboxAddress sender, DateTimeOffset now, [NotNullWhen(true)] out MimeMessage? message)
    {
        message = null;

        // A list, a display name or a line break in the stored recipient would reach somebody nobody meant.
        if (!MailboxAddress.TryParse(email.Recipient, out var recipient)
            || recipient.Address != email.Recipient
            || string.IsNullOrEmpty(recipient.Domain)
            || email.Recipient.Any(char.IsControl))
        {
            return false;
        }

        message = new MimeMessage
        {
            Subject = OneLine(email.Subject),
            Date = now,
            MessageId = $"{email.MessageId:N}@{sender.Domain}",
            Body = new MultipartAlternative
            {
                // The last one is what a reader shows who can show both.
                new TextPart(TextFormat.Plain) { Text = email.Text },
                new TextPart(TextFormat.Html) { Text = email.Html },
            },
        };
        message.From.Add(sender);
        message.To.Add(recipient);
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add(HeaderId.ContentLanguage, OneLine(email.Locale));
        if (email.OrderId is { Length: > 0 } orderId)
        {
            message.Headers.Add(OrderHeader, OneLine(orderId));
        }

        return true;
    }

    /// <summary>A header ends at a line break; text written by others must not begin another one.</summary>
    private static string OneLine(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)) : text;
}
