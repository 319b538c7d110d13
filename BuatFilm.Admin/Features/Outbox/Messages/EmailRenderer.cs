using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>Writes the mail that an outbox message asks for.</summary>
internal static class EmailRenderer
{
    public const string PaymentReceived = "payment_received";

    public const string PaymentLink = "payment_link";

    public const string OrderClosed = "order_closed";

    // Long enough for every real name, too short to carry a letter of one's own to somebody else's address.
    private const int NameLength = 60;

    // The shop's ids have at most 40.
    private const int OrderIdLength = 50;

    /// <exception cref="MessageRenderException">There is no mail of this kind, or its data lack something.</exception>
    public static EmailMessage Render(OutboundMessage message)
    {
        var texts = EmailTexts.Of(message.Locale);
        var data = new MessageData(message.Data);
        var content = message.Kind switch
        {
            PaymentReceived => Received(texts, data),
            PaymentLink => Link(texts, data),
            OrderClosed => Closed(texts, data),
            _ => throw new UnknownMessageKindException(message.Kind),
        };

        return new EmailMessage(
            message.Recipient,
            content.Subject,
            EmailLayout.Text(content),
            EmailLayout.Html(content).ToString(),
            message.MessageId,
            message.OrderId,
            texts.Language);
    }

    private static EmailContent Received(EmailTexts texts, MessageData data)
    {
        var orderId = data.Required("orderId", OrderIdLength);
        var amount = data.Amount("grossAmount").ToString();

        var facts = new List<EmailFact> { new(texts[EmailText.LabelOrder], orderId) };
        if (data.Instant("paidAt") is { } paidAt)
        {
            facts.Add(new EmailFact(texts[EmailText.LabelPaidAt], WibTime.Format(paidAt, texts)));
        }

        if (data.Optional("paymentMethod", 40) is { } method)
        {
            facts.Add(new EmailFact(texts[EmailText.LabelMethod], PaymentMethodName.Of(method, texts)));
        }

        return new EmailContent(
            texts,
            texts.With(EmailText.PaidSubject, orderId),
            texts.With(EmailText.PaidPreheader, amount, orderId),
            texts[EmailText.PaidBadge],
            IsDone: true,
            texts[EmailText.PaidHeading],
            Greeting(texts, data),
            texts.With(EmailText.PaidIntro, orderId),
            texts[EmailText.PaidAmount],
            amount,
            facts,
            data.Items("items"),
            Action: null,
            texts.With(EmailText.PaidClosing, orderId));
    }

    private static EmailContent Link(EmailTexts texts, MessageData data)
    {
        var orderId = data.Required("orderId", OrderIdLength);
        var amount = data.Amount("grossAmount").ToString();

        var facts = new List<EmailFact> { new(texts[EmailText.LabelOrder], orderId) };
        if (data.Instant("expiresAt") is { } expiresAt)
        {
            facts.Add(new EmailFact(texts[EmailText.LabelExpiresAt], WibTime.Format(expiresAt, texts)));
        }

        return new EmailContent(
            texts,
            texts.With(EmailText.LinkSubject, orderId),
            texts.With(EmailText.LinkPreheader, orderId, amount),
            texts[EmailText.LinkBadge],
            IsDone: false,
            texts[EmailText.LinkHeading],
            Greeting(texts, data),
            texts.With(EmailText.LinkIntro, orderId),
            texts[EmailText.LinkAmount],
            amount,
            facts,
            data.Items("items"),
            new EmailAction(texts[EmailText.LinkButton], data.WebAddress("redirectUrl"), texts[EmailText.LinkFallback]),
            texts.With(EmailText.LinkClosing, orderId));
    }

    private static EmailContent Closed(EmailTexts texts, MessageData data)
    {
        var orderId = data.Required("orderId", OrderIdLength);

        return new EmailContent(
            texts,
            texts.With(EmailText.ClosedSubject, orderId),
            texts.With(EmailText.ClosedPreheader, orderId),
            texts[EmailText.ClosedBadge],
            IsDone: false,
            texts[EmailText.ClosedHeading],
            Greeting(texts, data),
            texts.With(EmailText.ClosedIntro, orderId),
            texts[EmailText.ClosedAmount],
            data.Amount("grossAmount").ToString(),
            [new EmailFact(texts[EmailText.LabelOrder], orderId)],
            data.Items("items"),
            Action: null,
            texts.With(EmailText.ClosedClosing, orderId));
    }

    private static string Greeting(EmailTexts texts, MessageData data) =>
        data.Optional("customerName", NameLength) is { } name ? texts.With(EmailText.Greeting, name) : texts[EmailText.GreetingWithoutName];
}
