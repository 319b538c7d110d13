using BuatFilm.Admin.Features.Outbox.Messages;
using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Delivers by mail.</summary>
internal sealed class EmailDelivery(SmtpMailer mailer) : IMessageSender
{
    public Channel Channel => Channel.Email;

    public ExternalService? Service => ExternalService.Smtp;

    public async Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        EmailMessage email;
        try
        {
            email = EmailRenderer.Render(message);
        }
        catch (MessageRenderException exception)
        {
            // It will not read better tomorrow; a person must look at it.
            return new DeliveryOutcome(DeliveryResult.Refused, ServiceVerdict.NotCalled, "render", exception.Message);
        }

        return await mailer.SendAsync(email, cancellationToken);
    }
}
