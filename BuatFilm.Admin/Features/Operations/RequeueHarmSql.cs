using BuatFilm.Core;
using BuatFilm.Core.Operations;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>The harms of a requeue as conditions on the message <c>m</c> and its order <c>o</c>, the same for the plan's counts and the run.</summary>
internal static class RequeueHarmSql
{
    public static string OrderCancelled { get; } =
        $"m.kind in ({List(RequeueHarms.NeedAnOrder)}) and o.status in ({List(RequeueHarms.Cancelled.Select(WireName<Core.Orders.OrderStatus>.Of))})";

    public static string OrderPaid { get; } =
        $"m.kind = '{RequeueHarms.PaymentLink}' and o.status in ({List(RequeueHarms.Paid.Select(WireName<Core.Orders.OrderStatus>.Of))})";

    public const string AlreadyDelivered = """
        exists (
            select 1 from notification_outbox other
            join notification_attempts arrived on arrived.message_id = other.id and arrived.result = 'delivered'
            where other.order_id = m.order_id and other.kind = m.kind and other.channel = m.channel and other.id <> m.id)
        """;

    /// <summary>The first harm of an item that its operation leaves out, by its wire name; null when it may go.</summary>
    /// <param name="exclude">An expression: a JSON array of wire names.</param>
    /// <param name="target">An expression: the message's id.</param>
    public static string Excluded(string exclude, string target) => $"""
        case when {exclude} <> '[]' then (
            select case
                when {exclude} ? '{WireName<RequeueHarm>.Of(RequeueHarm.OrderCancelled)}' and {OrderCancelled} then '{WireName<RequeueHarm>.Of(RequeueHarm.OrderCancelled)}'
                when {exclude} ? '{WireName<RequeueHarm>.Of(RequeueHarm.OrderPaid)}' and {OrderPaid} then '{WireName<RequeueHarm>.Of(RequeueHarm.OrderPaid)}'
                when {exclude} ? '{WireName<RequeueHarm>.Of(RequeueHarm.AlreadyDelivered)}' and {AlreadyDelivered} then '{WireName<RequeueHarm>.Of(RequeueHarm.AlreadyDelivered)}'
            end
            from notification_outbox m left join orders o on o.order_id = m.order_id
            where m.id = {target}) end
        """;

    // Our own words, none of which has a quote.
    private static string List(IEnumerable<string> words) => string.Join(", ", words.Select(word => $"'{word}'"));
}
