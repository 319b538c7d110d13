namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>What a mail says; <see cref="EmailLayout"/> says it twice, as HTML and as text.</summary>
/// <param name="Preheader">What mail programs show beside the subject in their list.</param>
/// <param name="Badge">The state in two words.</param>
/// <param name="IsDone">True when the customer has nothing left to do.</param>
internal sealed record EmailContent(
    EmailTexts Texts,
    string Subject,
    string Preheader,
    string Badge,
    bool IsDone,
    string Heading,
    string Greeting,
    string Intro,
    string AmountLabel,
    string Amount,
    IReadOnlyList<EmailFact> Facts,
    IReadOnlyList<MessageItem> Items,
    EmailAction? Action,
    string Closing);

internal sealed record EmailFact(string Label, string Value);

/// <summary>The one thing to do, as a button.</summary>
internal sealed record EmailAction(string Label, Uri Address, string Fallback);
