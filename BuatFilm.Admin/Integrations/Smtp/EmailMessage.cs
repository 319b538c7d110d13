namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>A mail, written and ready to go to one recipient.</summary>
/// <param name="Recipient">The bare address.</param>
/// <param name="Text">The same content as <paramref name="Html"/>, for readers without HTML.</param>
/// <param name="MessageId">The same over all attempts, so that a double is recognisable.</param>
/// <param name="Locale"><c>id</c> or <c>en</c>.</param>
internal sealed record EmailMessage(
    string Recipient,
    string Subject,
    string Text,
    string Html,
    Guid MessageId,
    string? OrderId,
    string Locale);
