namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>What a mail says; <see cref="EmailLayout"/> says it twice, as HTML and as text.</summary>
/// <param name="Preheader">What mail programs show beside the subject in their list.</param>
/// <param name="Badge">The state in two words.</param>
/// <param name="IsDone">True when the reader has nothing left to do.</param>
/// <param name="Amount">Null, with its label, in a mail that is not about money.</param>
internal sealed record EmailContent(
    EmailTexts Texts,
    string Subject,
    string Preheader,
    string Badge,
    bool IsDone,
    string Heading,
    string Greeting,
    string Intro,
    string? AmountLabel,
    string? Amount,
    IReadOnlyList<EmailFact> Facts,
    IReadOnlyList<MessageItem> Items,
    EmailAction? Action,
    string Closing)
{
    /// <summary>Paragraphs with a heading of their own, below the facts.</summary>
    public IReadOnlyList<EmailSection> Sections { get; init; } = [];

    /// <summary>Who writes, and why the reader gets it; the first line follows the shop's name.</summary>
    public required IReadOnlyList<EmailText> Footer { get; init; }
}

internal sealed record EmailSection(string Heading, string Text);

internal sealed record EmailFact(string Label, string Value);

/// <summary>The one thing to do, as a button.</summary>
internal sealed record EmailAction(string Label, Uri Address, string Fallback);
