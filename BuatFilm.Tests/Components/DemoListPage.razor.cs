using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Tests.Components;

/// <summary>A list with everything that lists have. Of the tests; the product has no such page.</summary>
public sealed partial class DemoListPage
{
    private readonly string[] _sorts = ["at", "amount"];
    private IReadOnlyList<ListFilter> _filters = [];
    private PagedList<DemoRow> _list = null!;
    private ConfirmDialog _confirm = null!;
    private string? _answer;

    [Parameter]
    public int Size { get; set; } = 50;

    [Parameter]
    public string? Permission { get; set; }

    [Parameter]
    public string? ActionPermission { get; set; }

    [Parameter]
    public ListWords Words { get; set; } = ListWords.Default;

    [Inject]
    public required DemoShelf Shelf { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Words States { get; init; }

    public PagedList<DemoRow> List => _list;

    protected override void OnInitialized() => _filters =
    [
        new TextFilter("q", "Cari", "Nomor pesanan atau nama"),
        new ChoiceFilter("status", "Status", [.. Enum.GetValues<OrderStatus>().Select(status => new Choice(WireName<OrderStatus>.Of(status), States.Of(status).Everyday))]),
        new DateFilter("at", "Tanggal"),
    ];

    private async Task AskAsync()
    {
        var answer = await _confirm.AskAsync(new ConfirmQuestion("Coba lagi 3 pesan?", "Pesan dikirim ulang ke 3 pelanggan.", "Coba lagi 3 pesan")
        {
            Facts = ["3 pelanggan, 3 pesanan", "1 pesanan sudah dibatalkan dan akan dilewati"],
            AsksReason = true,
        });
        _answer = answer is null ? "batal" : $"ya: {answer.Reason}";
        if (answer is not null)
        {
            _list.ClearSelection();
        }
    }
}
