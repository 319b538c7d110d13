using System.Security.Cryptography;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Outbox.Messages;
using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Delivers by mail.</summary>
internal sealed class EmailDelivery(SmtpMailer mailer, SealedValues seals) : IMessageSender
{
    public Channel Channel => Channel.Email;

    public ExternalService? Service => ExternalService.Smtp;

    public async Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        EmailMessage email;
        try
        {
            email = EmailRenderer.Render(message with { Data = seals.Open(message.Data) });
        }
        catch (MessageRenderException exception)
        {
            // It will not read better tomorrow; a person must look at it.
            return new DeliveryOutcome(DeliveryResult.Refused, ServiceVerdict.NotCalled, "render", exception.Message);
        }
        catch (CryptographicException)
        {
            return new DeliveryOutcome(DeliveryResult.Refused, ServiceVerdict.NotCalled, "sealed", "The link in the message cannot be read any more; have a new one sent.");
        }

        return await mailer.SendAsync(email, cancellationToken);
    }
}
