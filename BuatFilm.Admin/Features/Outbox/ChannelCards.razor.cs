using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Each channel in five figures, with the breaker of the service behind it.</summary>
public sealed partial class ChannelCards
{
    /// <summary>Delivery begins within a second; who waits longer than this waits for something.</summary>
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(1);

    [Inject]
    public required IStringLocalizer<OutboxPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required SharedReads Reads { get; init; }

    [Inject]
    private ChannelQueries Queries { get; set; } = null!;

    internal static ExternalService? ServiceOf(Channel channel) => channel switch
    {
        Channel.Email => ExternalService.Smtp,
        Channel.Whatsapp => ExternalService.WhatsApp,
        Channel.Webhook => null,
    };

    private static string DeadOf(Channel channel) => $"/dead-letters?channel={WireName<Channel>.Of(channel)}";

    protected override async Task<OutboxSummary?> ReadAsync(CancellationToken cancellationToken) =>
        await Reads.GetAsync("outbox-channels", () => Queries.ReadAsync(CancellationToken.None)).WaitAsync(cancellationToken);
}
