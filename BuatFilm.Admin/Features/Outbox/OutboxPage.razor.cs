using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core.Outbox;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>Every message to customers and staff, where it stands, and how its channel is doing.</summary>
public sealed partial class OutboxPage
{
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;

    [Inject]
    public required IStringLocalizer<OutboxPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private OutboxQueries Queries { get; set; } = null!;

    [Inject]
    private MessageWords Wording { get; set; } = null!;

    protected override void OnInitialized()
    {
        string[] states = [OutboxQueries.Waiting, OutboxQueries.Sending, OutboxQueries.Retrying, OutboxQueries.Sent, OutboxQueries.Arrived, OutboxQueries.Dead];
        _filters =
        [
            new TextFilter("q", Texts["Filter.Search"], Texts["Outbox.Filter.Search.Example"]),
            new ChoiceFilter("state", Texts["Column.State"], [.. states.Select(state => new Choice(state, Texts[$"State.{state}"]))]),
            new ChoiceFilter("channel", Texts["Column.Channel"], Wording.ChannelChoices),
            new ChoiceFilter("kind", Texts["Column.Kind"], Wording.KindChoices),
            new DateFilter("day", Texts["Outbox.Filter.Day"]),
        ];
        _words = new ListWords { EmptyTitle = Texts["Outbox.Empty.Title"], EmptyText = Texts["Outbox.Empty.Text"], NoMatchText = Texts["Outbox.NoMatch.Text"] };
    }

    private static string KeyOf(MessageRow row) => row.Id.ToString(CultureInfo.InvariantCulture);

    private string NameOf(MessageRow row) => row.OrderId ?? Texts["Message.Number", row.Id.ToString(CultureInfo.InvariantCulture)];

    private string TitleOf(string key) => Texts["Message.Number", key];

    /// <summary>Once it is sent, what the provider says of it tells more.</summary>
    private Word StateOf(MessageRow row) => row is { Status: MessageDetails.Sent, Receipt: ReceiptStatus.Delivered or ReceiptStatus.Read } ? Names.Of(row.Receipt.Value) : Names.OfMessage(row.Status);

    /// <summary>While it is being sent the due time is the end of its lease, which nobody waits for.</summary>
    private static DateTimeOffset? NextOf(MessageRow row) => row.Status == MessageDetails.Sending ? null : row.DueAt;
}
