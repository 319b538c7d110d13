using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Every order, to be found by what a customer on the phone can say.</summary>
public sealed partial class OrdersPage
{
    private readonly string[] _sorts = ["created"];
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;

    [Inject]
    public required IStringLocalizer<OrdersPageTexts> Texts { get; init; }

    [Inject]
    public required Words Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    private OrderQueries Queries { get; set; } = null!;

    protected override void OnInitialized()
    {
        _filters =
        [
            new TextFilter("q", Texts["Filter.Search"], Texts["Filter.Search.Example"]),
            new ChoiceFilter("status", Texts["Column.Status"], [.. Enum.GetValues<OrderStatus>().Select(status => new Choice(WireName<OrderStatus>.Of(status), Names.Of(status).Everyday))]),
            new DateFilter("created", Texts["Filter.Created"]),
        ];
        _words = new ListWords { EmptyTitle = Texts["Empty.Title"], EmptyText = Texts["Empty.Text"], NoMatchTitle = Texts["NoMatch.Title"], NoMatchText = Texts["NoMatch.Text"] };
    }

    private static string HrefOf(OrderItemRow row) => $"/orders/{Uri.EscapeDataString(row.OrderId)}";

    private static string? ClassOf(OrderItemRow row) => row.Status == WireName<OrderStatus>.Of(OrderStatus.OnHold) ? "row-urgent" : null;

    private Word StatusOf(OrderItemRow row) => Names.Of(WireName<OrderStatus>.Parse(row.Status));
}
