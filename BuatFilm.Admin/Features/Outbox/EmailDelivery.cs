using BuatFilm.Admin.Features.Outbox.Messages;
using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Delivers by mail.</summary>
internal sealed class EmailDelivery(SmtpMailer mailer, SealedTexts sealedTexts) : IMessageSender
{
    public Channel Channel => Channel.Email;

    public ExternalService? Service => ExternalService.Smtp;

    public async Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        EmailMessage email;
        try
        {
            email = EmailRenderer.Render(Opened(message));
        }
        catch (MessageRenderException exception)
        {
            // It will not read better tomorrow; a person must look at it.
            return new DeliveryOutcome(DeliveryResult.Refused, ServiceVerdict.NotCalled, "render", exception.Message);
        }

        return await mailer.SendAsync(email, cancellationToken);
    }

    /// <summary>A link that lets somebody in lies sealed in the row, and is opened for the mail alone.</summary>
    private OutboundMessage Opened(OutboundMessage message) =>
        message.Data.TryGetValue("sealedLink", out var sealedLink) && sealedTexts.Open(sealedLink) is { } link
            ? message with { Data = new Dictionary<string, string>(message.Data, StringComparer.Ordinal) { ["link"] = link } }
            : message;
}
