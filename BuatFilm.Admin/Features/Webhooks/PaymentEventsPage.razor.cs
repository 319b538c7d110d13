using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Everything that Midtrans said of payments, and what was made of it.</summary>
public sealed partial class PaymentEventsPage
{
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;
    private PagedList<PaymentEventItem> _list = null!;

    [Inject]
    public required IStringLocalizer<PaymentEventsPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private PaymentEventQueries Queries { get; set; } = null!;

    private PaymentEventLook Look => new(Texts, Names);

    protected override void OnInitialized()
    {
        _filters =
        [
            new TextFilter("q", Texts["Filter.Search"], Texts["Filter.Search.Example"]),
            new ChoiceFilter("outcome", Texts["Column.Outcome"], [.. Enum.GetValues<EventOutcome>().Select(outcome => new Choice(WireName<EventOutcome>.Of(outcome), Names.Of(outcome).Everyday))]),

            // A challenge is no status of Midtrans' own: it says "capture", and of whom it is not sure.
            new ChoiceFilter("status", Texts["Column.What"], [.. Enum.GetValues<PaymentState>().Where(state => state is not (PaymentState.New or PaymentState.Challenge)).Select(state => new Choice(WireName<PaymentState>.Of(state), Names.Of(state).Everyday))]),
            new ChoiceFilter("method", Texts["Column.Method"], [.. PaymentEventLook.Methods.Select(method => new Choice(method, Look.MethodOf(method)))]),
            new DateFilter("at", Texts["Filter.Day"]),
        ];
        _words = new ListWords
        {
            EmptyTitle = Texts["Empty.Title"],
            EmptyText = Texts["Empty.Text"],
            NoMatchTitle = Texts["NoMatch.Title"],
            NoMatchText = Texts["NoMatch.Text", Formats.Number(PaymentEventQueries.Newest)],
        };
    }

    private static string KeyOf(PaymentEventItem row) => row.Id.ToString(CultureInfo.InvariantCulture);

    private static string? ClassOf(PaymentEventItem row) => WireName<EventOutcome>.Parse(row.Outcome) is EventOutcome.Mismatch or EventOutcome.Refuted ? "row-urgent" : null;

    private static Rupiah? AmountOf(PaymentEventItem row) => row.GrossAmount is { } amount ? new Rupiah(amount) : null;

    private string NameOf(PaymentEventItem row) => $"{Look.StatusOf(row).Everyday}, {row.MidtransOrderId}";

    private string DetailTitleOf(string key) => Texts["Detail.Title"];
}
