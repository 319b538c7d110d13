using BuatFilm.Admin.Data;
using BuatFilm.Core;
using BuatFilm.Core.Orders;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>The day in figures. Every count stops at a cap and begins in an index, so that a page may ask for it at every change.</summary>
internal sealed class OrderFigureQueries(Databases databases)
{
    // Days begin at midnight in WIB, which knows no summer time.
    private const string Sql = """
        with clock as materialized (
            select date_trunc('day', app_now() at time zone interval '7 hours') at time zone interval '7 hours' as today)
        select (select count(*) from (select 1 from orders where created_at >= clock.today limit $1) placed),
               paid.orders, paid.amount,
               (select count(*) from (select 1 from orders where status = $3 limit $1) queued),
               (select count(*) from (select 1 from orders where status = $4 limit $1) held)
        from clock
        cross join lateral (
            select count(*) as orders, coalesce(sum(p.paid_amount), 0)::bigint as amount
            from (select paid_amount from orders where paid_at >= clock.today limit $2) p) paid
        """;

    public async Task<OrderFigures> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = databases.Pages.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = OrderFigures.CountedUpTo });
        command.Parameters.Add(new() { Value = OrderFigures.SummedUpTo });
        command.Parameters.Add(new() { Value = WireName<OrderStatus>.Of(OrderStatus.Queued) });
        command.Parameters.Add(new() { Value = WireName<OrderStatus>.Of(OrderStatus.OnHold) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);

        return new OrderFigures(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
    }
}

/// <summary>Today, in WIB, and what waits.</summary>
/// <param name="Placed">Orders placed today.</param>
/// <param name="Paid">Orders paid today, whenever they were placed.</param>
/// <param name="PaidAmount">What was paid for them, in whole rupiah, refunds not subtracted.</param>
/// <param name="Queued">Orders that wait for Midtrans.</param>
/// <param name="Held">Orders that wait for a person.</param>
public sealed record OrderFigures(long Placed, long Paid, long PaidAmount, long Queued, long Held)
{
    /// <summary>Counting stops here.</summary>
    public const long CountedUpTo = 10_001;

    /// <summary>So does summing; beyond it the sum is a lower bound.</summary>
    public const long SummedUpTo = 50_001;
}
