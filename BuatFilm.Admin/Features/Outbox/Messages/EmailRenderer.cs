using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>Writes the mail that an outbox message asks for.</summary>
internal static class EmailRenderer
{
    public const string PaymentReceived = "payment_received";

    public const string PaymentLink = "payment_link";

    /// <summary>For operators; its words come with the message, since they are the alerts' own.</summary>
    public const string Alert = "alert";
    public const string OrderClosed = "order_closed";

    /// <summary>For people who work here. Their links are sealed until the mail is sent, so whoever only looks at the message sees it without.</summary>
    public const string AccountInvitation = "account_invitation";
    public const string AccountReset = "account_reset";

    // Long enough for every real name, too short to carry a letter of one's own to somebody else's address.
    private const int NameLength = 60;

    // The shop's ids have at most 40.
    private const int OrderIdLength = 50;

    private static readonly EmailText[] FooterForCustomers = [EmailText.FooterShop, EmailText.FooterSafety, EmailText.FooterAutomatic];

    /// <exception cref="MessageRenderException">There is no mail of this kind, or its data lack something.</exception>
    public static EmailMessage Render(OutboundMessage message)
    {
        var texts = EmailTexts.Of(message.Locale);
        var data = new MessageData(message.Data);
        var content = message.Kind switch
        {
            PaymentReceived => Received(texts, data),
            PaymentLink => Link(texts, data),
            Alert => AlertOf(texts, data),
            OrderClosed => Closed(texts, data),
            AccountInvitation => Invitation(texts, data),
            AccountReset => Reset(texts, data),
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
            texts.With(EmailText.PaidClosing, orderId))
        { Footer = FooterForCustomers };
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
            texts.With(EmailText.LinkClosing, orderId))
        { Footer = FooterForCustomers };
    }

    private static EmailContent AlertOf(EmailTexts texts, MessageData data)
    {
        var title = data.Required("title", 300);
        var isOver = data.Required("event", 20) != "raised";

        var facts = new List<EmailFact>();
        if (data.Instant("raisedAt") is { } raisedAt)
        {
            facts.Add(new EmailFact(texts[EmailText.AlertSince], WibTime.Format(raisedAt, texts)));
        }

        if (isOver && data.Instant("resolvedAt") is { } resolvedAt)
        {
            facts.Add(new EmailFact(texts[EmailText.AlertUntil], WibTime.Format(resolvedAt, texts)));
        }

        if (data.Optional("occurrences", 12) is { } times and not "1")
        {
            facts.Add(new EmailFact(texts[EmailText.AlertTimes], times));
        }

        var sections = new List<EmailSection>();
        if (data.Optional("meaning", 1_000) is { } meaning)
        {
            sections.Add(new EmailSection(texts[EmailText.AlertMeaning], meaning));
        }

        if (data.Optional("action", 1_000) is { } action)
        {
            sections.Add(new EmailSection(texts[EmailText.AlertAction], action));
        }

        return new EmailContent(
            texts,
            data.Required("subject", 300),
            data.Optional("summary", 300) ?? title,
            texts[isOver ? EmailText.AlertOver : SeverityOf(data)],
            IsDone: isOver,
            title,
            texts[EmailText.AlertGreeting],
            data.Required("what", 1_000),
            AmountLabel: null,
            Amount: null,
            facts,
            [],
            data.Optional("link", 2_000) is null ? null : new EmailAction(texts[EmailText.AlertButton], data.WebAddress("link"), texts[EmailText.LinkFallback]),
            texts[EmailText.AlertClosing])
        {
            Sections = sections,
            Footer = [EmailText.FooterAlert],
        };
    }

    private static EmailText SeverityOf(MessageData data) => data.Optional("severity", 20) switch
    {
        "critical" => EmailText.AlertCritical,
        "info" => EmailText.AlertInfo,
        _ => EmailText.AlertWarning,
    };

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
            texts.With(EmailText.ClosedClosing, orderId))
        { Footer = FooterForCustomers };
    }

    private static EmailContent Invitation(EmailTexts texts, MessageData data)
    {
        List<EmailFact> facts = RoleOf(data) is { } role ? [new EmailFact(texts[EmailText.LabelRole], texts[role])] : [];

        return new EmailContent(
            texts,
            texts[EmailText.InvitationSubject],
            texts[EmailText.InvitationPreheader],
            texts[EmailText.InvitationBadge],
            IsDone: false,
            texts[EmailText.InvitationHeading],
            texts.With(EmailText.Greeting, data.Required("name", NameLength)),
            texts.With(EmailText.InvitationIntro, data.Required("by", NameLength)),
            AmountLabel: null,
            Amount: null,
            [.. facts, .. LinkUntil(texts, data)],
            [],
            AccountLink(texts, data, EmailText.InvitationButton),
            texts[EmailText.InvitationClosing])
        { Footer = [EmailText.FooterAccount, EmailText.FooterSafety] };
    }

    private static EmailContent Reset(EmailTexts texts, MessageData data) => new(
        texts,
        texts[EmailText.ResetSubject],
        texts[EmailText.ResetPreheader],
        texts[EmailText.ResetBadge],
        IsDone: false,
        texts[EmailText.ResetHeading],
        texts.With(EmailText.Greeting, data.Required("name", NameLength)),
        texts[EmailText.ResetIntro],
        AmountLabel: null,
        Amount: null,
        [.. LinkUntil(texts, data)],
        [],
        AccountLink(texts, data, EmailText.ResetButton),
        texts[EmailText.ResetClosing])
    { Footer = [EmailText.FooterAccount, EmailText.FooterSafety] };

    private static IEnumerable<EmailFact> LinkUntil(EmailTexts texts, MessageData data) =>
        data.Instant("expiresAt") is { } until ? [new EmailFact(texts[EmailText.LabelLinkUntil], WibTime.Format(until, texts))] : [];

    private static EmailAction? AccountLink(EmailTexts texts, MessageData data, EmailText button) =>
        data.Optional("link", 2_000) is null ? null : new EmailAction(texts[button], data.WebAddress("link"), texts[EmailText.LinkFallback]);

    private static EmailText? RoleOf(MessageData data) => data.Optional("role", 20) switch
    {
        "Viewer" => EmailText.RoleViewer,
        "Operator" => EmailText.RoleOperator,
        "Finance" => EmailText.RoleFinance,
        "Admin" => EmailText.RoleAdmin,
        _ => null,
    };

    private static string Greeting(EmailTexts texts, MessageData data) =>
        data.Optional("customerName", NameLength) is { } name ? texts.With(EmailText.Greeting, name) : texts[EmailText.GreetingWithoutName];
}
