using BuatFilm.Admin.Live;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Health;
using BuatFilm.Core.Outbox;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>The channels over which operators can be told, and which of them work at the moment.</summary>
internal sealed class AlertChannels(IOptions<AlertsOptions> options, IEnumerable<IMessageSender> senders, StatusBoard board)
{
    private readonly (Channel Channel, BuatFilm.Core.ExternalService? Service)[] _senders = [.. senders.Select(sender => (sender.Channel, sender.Service))];

    /// <summary>Those that are set up and that the app can send by.</summary>
    public IReadOnlyList<AlertChannel> Current()
    {
        var snapshot = board.Current;

        return
        [
            .. _senders
                .Where(sender => options.Value.RecipientsOf(sender.Channel).Count > 0)
                .Where(sender => sender.Service is not { } service || !snapshot.NotConfigured.Contains(service))
                .Select(sender => new AlertChannel(sender.Channel, sender.Service, sender.Service is not { } service || snapshot[service].Health != ServiceHealth.Unhealthy)),
        ];
    }

    public IReadOnlyList<string> RecipientsOf(Channel channel) => options.Value.RecipientsOf(channel);
}
