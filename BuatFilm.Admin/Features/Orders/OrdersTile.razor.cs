using BuatFilm.Admin.Components;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Orders;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Today's orders and money, and the orders that wait, on the overview.</summary>
public sealed partial class OrdersTile
{
    [Inject]
    public required IStringLocalizer<OrdersTileTexts> Texts { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required SharedReads Reads { get; init; }

    [Inject]
    private OrderFigureQueries Queries { get; set; } = null!;

    private string Amount => Data switch
    {
        null => "",
        { Paid: >= OrderFigures.SummedUpTo } capped => Texts["AtLeast", new Rupiah(capped.PaidAmount).ToString()],
        _ => new Rupiah(Data.PaidAmount).ToString(),
    };

    // One read for all who look at the overview.
    protected override async Task<OrderFigures?> ReadAsync(CancellationToken cancellationToken) =>
        await Reads.GetAsync("order-figures", () => Queries.ReadAsync(CancellationToken.None)).WaitAsync(cancellationToken);

    private string Count(long? count) => count is { } known ? Formats.Count(known, OrderFigures.CountedUpTo) : Texts["Unknown"];
}
