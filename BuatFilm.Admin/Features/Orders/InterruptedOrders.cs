using System.Diagnostics;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Orders;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>Finds the answer of a request that placed an order and died, in the order that it has left.</summary>
internal sealed class InterruptedOrders(IOptions<OrdersOptions> options, Wakes wakes) : IInterruptedWork
{
    public bool Owns(string scope) => scope.TrimEnd('/').EndsWith($"|POST|{OrdersEndpoints.Path}", StringComparison.Ordinal);

    public async Task<InterruptedOutcome> SettleAsync(string resourceId, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await OrderRows.FindAsync(connection, resourceId, cancellationToken) is not { } order)
        {
            return new InterruptedOutcome.Nothing();
        }

        if (OrderAnswers.OfPage(order) is { } created)
        {
            return new InterruptedOutcome.Answered(created);
        }

        if (order.IsBeingMade)
        {
            return new InterruptedOutcome.NotYet();
        }

        var answer = WireName<OrderStatus>.Parse(order.Status) switch
        {
            OrderStatus.Queued => OrderAnswers.Queued(resourceId, options.Value.RetryAfter),
            OrderStatus.Failed => OrderProblems.Rejected().ToAnswer(ActivityTraceId.CreateRandom().ToString()),
            _ => OrderProblems.Ended().ToAnswer(ActivityTraceId.CreateRandom().ToString()),
        };
        await OrderRows.HurrySessionAsync(connection, resourceId, cancellationToken);
        wakes.Orders.Wake(); // A hint: should it come before the commit, the sweep finds the order.
        return new InterruptedOutcome.Answered(answer);
    }
}
