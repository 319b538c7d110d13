using BuatFilm.Core.Health;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Core.Alerts;

/// <summary>A channel over which operators can be told.</summary>
/// <param name="Service">The service behind it; null for one without.</param>
/// <param name="Works">False while that service is known to be down.</param>
public sealed record AlertChannel(Channel Channel, ExternalService? Service, bool Works);

/// <summary>What decides where the news of an alert may go.</summary>
/// <param name="About">The services or channels that it is about, by their lower-case names; others, such as orders, do no harm.</param>
/// <param name="IsResolved">True when it is over.</param>
public sealed record AlertTopic(string Kind, IReadOnlyCollection<string> About, bool IsResolved);

/// <summary>Chooses the channels of an alert: those that work, people before programs, and never the one that it is about.</summary>
public static class AlertRouting
{
    /// <summary>Alerts that could not be delivered; it is about the channels that failed.</summary>
    public const string Undeliverable = "alerts_undeliverable";

    /// <summary>Where people read, the preferred one first.</summary>
    private static readonly Channel[] People = [Channel.Email, Channel.Whatsapp];

    /// <summary>Where news goes now: one channel to people, and the webhook beside it. Who was told of the beginning is told of the end.</summary>
    /// <param name="channels">Those that are set up.</param>
    /// <param name="told">Those that carried the beginning; empty for the beginning.</param>
    /// <returns>Empty while none of them works: the news waits.</returns>
    public static IReadOnlyList<Channel> First(AlertTopic topic, IReadOnlyCollection<AlertChannel> channels, IReadOnlyCollection<Channel> told)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(channels);
        ArgumentNullException.ThrowIfNull(told);

        var usable = Usable(topic, channels);
        var chosen = usable.Where(channel => People.Contains(channel) && told.Contains(channel)).ToList();
        if (chosen.Count == 0)
        {
            chosen.AddRange(usable.Where(People.Contains).Take(1));
        }

        chosen.AddRange(usable.Where(channel => channel == Channel.Webhook));
        return chosen;
    }

    /// <summary>Where news goes that is not delivered where it was sent; null when no further channel works.</summary>
    /// <param name="tried">Those that carry it already.</param>
    public static Channel? Next(AlertTopic topic, IReadOnlyCollection<AlertChannel> channels, IReadOnlyCollection<Channel> tried)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(channels);
        ArgumentNullException.ThrowIfNull(tried);

        foreach (var channel in Usable(topic, channels))
        {
            if (!tried.Contains(channel))
            {
                return channel;
            }
        }

        return null;
    }

    /// <summary>The channels that work, in the order of preference.</summary>
    private static List<Channel> Usable(AlertTopic topic, IReadOnlyCollection<AlertChannel> channels) =>
    [
        .. channels
            .Where(channel => channel.Works && !IsAboutItsService(topic, channel))
            .Select(channel => channel.Channel)
            .OrderBy(channel => IsAboutItself(topic, channel))
            .ThenBy(channel => Array.IndexOf(People, channel) is var place and >= 0 ? place : People.Length),
    ];

    /// <summary>Another node may have raised it, before this one has noticed anything.</summary>
    private static bool IsAboutItsService(AlertTopic topic, AlertChannel channel) =>
        !topic.IsResolved && channel.Service is { } service && topic.About.Contains(ServiceName.Of(service));

    /// <summary>The channel that lost alerts comes last, but it may still reach another recipient.</summary>
    private static bool IsAboutItself(AlertTopic topic, Channel channel) =>
        topic.Kind == Undeliverable && topic.About.Contains(WireName<Channel>.Of(channel));
}
