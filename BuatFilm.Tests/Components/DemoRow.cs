using BuatFilm.Core.Orders;

namespace BuatFilm.Tests.Components;

/// <summary>A row of the list that tests show.</summary>
public sealed record DemoRow(long Id, string Name, OrderStatus Status, Rupiah Amount, DateTimeOffset At, string? Error)
{
    public string OrderId => FormattableString.Invariant($"INV-{Id:0000}");
}
