namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>A line of the book's journal: a session or a payment as it then stood. The last line of each one counts.</summary>
internal sealed record BookEntry(SnapSession? Session, Payment? Payment)
{
    private const int Kept = 20_000;

    /// <summary>The last state of the latest sessions and payments, in the order in which they were made.</summary>
    public static IReadOnlyList<BookEntry> Compact(IReadOnlyList<BookEntry> entries)
    {
        var sessions = LastOfEach(entries.Select(entry => entry.Session).OfType<SnapSession>(), session => session.Token);
        var payments = LastOfEach(entries.Select(entry => entry.Payment).OfType<Payment>(), payment => payment.TransactionId);

        return
        [
            .. sessions.Select(session => new BookEntry(session, Payment: null)),
            .. payments.Select(payment => new BookEntry(Session: null, payment)),
        ];
    }

    private static IEnumerable<T> LastOfEach<T>(IEnumerable<T> all, Func<T, string> idOf)
    {
        var order = new List<string>();
        var last = new Dictionary<string, T>();

        foreach (var one in all)
        {
            var id = idOf(one);
            if (last.TryAdd(id, one))
            {
                order.Add(id);
            }
            else
            {
                last[id] = one;
            }
        }

        return order.TakeLast(Kept).Select(id => last[id]);
    }
}
