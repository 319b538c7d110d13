using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Outbox.Messages;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Delivers by WhatsApp.</summary>
internal sealed class WhatsAppDelivery(WhatsAppClient client, IOptionsMonitor<WhatsAppOptions> options, Databases databases) : IMessageSender
{
    public Channel Channel => Channel.Whatsapp;

    public ExternalService? Service => ExternalService.WhatsApp;

    public async Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        if (options.CurrentValue.TemplateFor(message.Kind) is not { } template)
        {
            // There was one when the message was made. Whoever puts it back requeues the message.
            return new DeliveryOutcome(DeliveryResult.Refused, ServiceVerdict.NotCalled, "no_template", $"WhatsApp:Templates has none for the kind '{message.Kind}'.");
        }

        WhatsAppMessage filled;
        try
        {
            filled = WhatsAppRenderer.Render(message, template);
        }
        catch (MessageRenderException exception)
        {
            // It will not read better tomorrow; a person must look at it.
            return new DeliveryOutcome(DeliveryResult.Refused, ServiceVerdict.NotCalled, "render", exception.Message);
        }

        var outcome = await client.SendAsync(filled, cancellationToken);

        // What Meta holds back today it may take tomorrow. What it holds back again goes on to be held back, and to count against us.
        return WhatsAppFailure.IsForTomorrow(outcome.Code) && await WasHeldBackAsync(message.Id, cancellationToken)
            ? outcome with { Result = DeliveryResult.Refused, RetryAfter = null }
            : outcome;
    }

    private async Task<bool> WasHeldBackAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = databases.Workers.CreateCommand("select code from notification_attempts where message_id = $1 and code is not null");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (WhatsAppFailure.IsForTomorrow(reader.GetString(0)))
            {
                return true;
            }
        }

        return false;
    }
}
