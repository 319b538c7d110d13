using BuatFilm.Core.Orders;

namespace BuatFilm.Core.Payments;

/// <summary>What to do about an order whose payments are looked for.</summary>
public enum PollNeed
{
    /// <summary>Nothing can change any more that a notification would not tell.</summary>
    None,

    /// <summary>Its page is so young that the notification is on its way.</summary>
    NotYet,

    Ask,
}

/// <summary>Decides when GET status is asked about an order, in case its notification never came.</summary>
/// <param name="First">How long a page is open before the first question.</param>
/// <param name="Longest">The longest wait between two questions while the page is open.</param>
public sealed record PollSchedule(TimeSpan First, TimeSpan Longest)
{
    /// <summary>After a page has closed, a notification of it may take as long as this; so Midtrans promises.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(90);

    /// <summary>No method of payment stays open longer after its page has closed: the longest page is seven days, and a method may be chosen at its end.</summary>
    public static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(8);

    /// <param name="openedAt">When the page was made.</param>
    public PollNeed NeedOf(OrderStatus status, DateTimeOffset openedAt, DateTimeOffset now) => status switch
    {
        OrderStatus.Paid or OrderStatus.PartiallyRefunded or OrderStatus.Refunded or OrderStatus.PartiallyChargedBack or OrderStatus.ChargedBack => PollNeed.None,

        // A person decides, and looks for himself.
        OrderStatus.OnHold => PollNeed.None,
        _ => now < openedAt + First ? PollNeed.NotYet : PollNeed.Ask,
    };

    /// <summary>The wait before the next question: it grows with the page's age, and one question always comes when the page has closed.</summary>
    /// <param name="closesAt">When the page closes.</param>
    /// <param name="jitter">A random number in [0, 1).</param>
    public TimeSpan WaitAfter(DateTimeOffset openedAt, DateTimeOffset closesAt, DateTimeOffset now, double jitter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(jitter);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(jitter, 1);

        var wait = (now - openedAt) / 2 * (1 + jitter);
        wait = wait < First ? First : wait;
        wait = wait > Longest ? Longest : wait;
        var atTheEnd = closesAt + Grace - now;

        return atTheEnd > TimeSpan.Zero && atTheEnd < wait ? atTheEnd : wait;
    }

    /// <summary>True when the page has closed for good and its last notification would have come.</summary>
    public static bool IsOver(DateTimeOffset closesAt, DateTimeOffset now) => now >= closesAt + Grace;

    /// <summary>True while a payment may still be made without the page: its method was chosen.</summary>
    public static bool IsOpen(PaymentState state) => state is PaymentState.Pending or PaymentState.Challenge or PaymentState.Authorize;
}
