namespace BuatFilm.Admin.Sandbox.Messages;

/// <summary>A message that reached a customer, as far as the app can tell.</summary>
/// <param name="Channel"><c>email</c> or <c>whatsapp</c>.</param>
/// <param name="Recipient">An address, or a number in E.164 form.</param>
/// <param name="Subject">Of a WhatsApp message the template's name; null for plain text.</param>
/// <param name="Body">Decoded text.</param>
/// <param name="Html">The HTML part of a mail; null when there is none.</param>
/// <param name="OrderId">Null when the message does not say which order it is about.</param>
/// <param name="MessageId">The mail's Message-ID without brackets, or WhatsApp's <c>wamid</c>.</param>
internal sealed record ReceivedMessage(
    string Channel,
    string Recipient,
    string? Subject,
    string Body,
    string? Html,
    string? OrderId,
    string? MessageId,
    DateTimeOffset At);
