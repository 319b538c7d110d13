using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Degradation;

/// <summary>Tells the board which services this shop does without. WhatsApp is the only one that may be left out.</summary>
internal sealed class ConfiguredServices(StatusBoard board, IConfiguration configuration, IEnumerable<IMessageSender> senders) : IHostedService
{
    private readonly bool _sendsWhatsApp = senders.Any(sender => sender.Channel == Channel.Whatsapp)
        && !string.IsNullOrEmpty(configuration["WhatsApp:AccessToken"])
        && !string.IsNullOrEmpty(configuration["WhatsApp:PhoneNumberId"]);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        board.Publish(snapshot => snapshot with
        {
            NotConfigured = _sendsWhatsApp ? snapshot.NotConfigured.Remove(ExternalService.WhatsApp) : snapshot.NotConfigured.Add(ExternalService.WhatsApp),
        });

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
