using System.Globalization;
using BuatFilm.Admin.Sandbox.Deliveries;
using BuatFilm.Admin.Sandbox.Storage;

namespace BuatFilm.Admin.Sandbox.Midtrans;

/// <summary>Midtrans' truth: every Snap session and payment, and the rules by which they change.</summary>
/// <remarks>
/// Each change is in the journal, and its notification in the courier's, before the method returns.
/// </remarks>
internal sealed class PaymentBook : IDisposable
{
    private const string NotificationPath = "/api/v1/midtrans/notifications";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SnapSession> _sessions = [];
    private readonly Dictionary<string, Payment> _payments = [];
    private readonly Dictionary<string, List<string>> _tokensByOrder = [];
    private readonly Dictionary<string, List<string>> _paymentsByOrder = [];
    private readonly HashSet<string> _awaited = [];
    private readonly Journal<BookEntry> _journal;
    private readonly PaymentBody _body;
    private readonly Courier _courier;
    private readonly TimeProvider _time;
    private readonly TimeSpan _confirmationDelay;

    /// <param name="confirmationDelay">From a refund's request to the bank's confirmation.</param>
    public PaymentBook(string journalPath, PaymentBody body, Courier courier, TimeProvider time, TimeSpan confirmationDelay)
    {
        _body = body;
        _courier = courier;
        _time = time;
        _confirmationDelay = confirmationDelay;
        _journal = Journal<BookEntry>.Open(journalPath, BookEntry.Compact, out var entries);

        foreach (var entry in entries)
        {
            if (entry.Session is { } session)
            {
                Index(session);
            }

            if (entry.Payment is { } payment)
            {
                Index(payment);
            }
        }
    }

    /// <summary>How many tokens each Midtrans order id was given, in this and former runs.</summary>
    public IReadOnlyDictionary<string, int> TokensByOrder
    {
        get
        {
            lock (_lock)
            {
                return _tokensByOrder.ToDictionary(pair => pair.Key, pair => pair.Value.Count);
            }
        }
    }

    /// <summary>Makes a token; an earlier one of the same order dies.</summary>
    /// <returns>Null when a customer has already chosen a method: the order id is used up.</returns>
    public SnapSession? CreateSession(SnapRequest request)
    {
        lock (_lock)
        {
            // After expiry an id may be used again; after anything else it may not.
            if (PaymentsOf(request.OrderId).Any(payment => payment.State != PaymentState.Expire))
            {
                return null;
            }

            foreach (var former in SessionsOf(request.OrderId).Where(session => session.End is null).ToList())
            {
                Save(former with { End = SnapSessionEnd.Replaced });
            }

            var now = _time.GetUtcNow();
            var session = new SnapSession(
                Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
                request.OrderId,
                request.GrossAmount,
                now,
                now + request.PageLifetime,
                request.PaymentLifetime,
                request.PaymentDeadline,
                End: null,
                request.Carried);
            Save(session);

            return session;
        }
    }

    /// <summary>Whether a token was ever made under that Midtrans order id.</summary>
    public bool HasOrder(string orderId)
    {
        lock (_lock)
        {
            return _tokensByOrder.ContainsKey(orderId);
        }
    }

    /// <returns>The session; null when there is none with that token.</returns>
    public SnapSession? FindSession(string token)
    {
        lock (_lock)
        {
            return _sessions.GetValueOrDefault(token);
        }
    }

    /// <summary>Cancels a token that nobody has used.</summary>
    /// <returns>Null when done, else Midtrans' reason.</returns>
    public string? CancelSession(string token)
    {
        lock (_lock)
        {
            if (_sessions.GetValueOrDefault(token) is not { } session || session.End == SnapSessionEnd.Replaced)
            {
                return "token not found";
            }

            if (session.End == SnapSessionEnd.Cancelled)
            {
                return "token already canceled";
            }

            if (PaymentsOf(session.OrderId).Count > 0)
            {
                return "Transaction is on progress";
            }

            Save(session with { End = SnapSessionEnd.Cancelled });
            return null;
        }
    }

    /// <summary>Finds a payment by its own id, or the latest one of an order.</summary>
    public Payment? Find(string id)
    {
        lock (_lock)
        {
            return FindLocked(id);
        }
    }

    public BookResult Cancel(string id) => Change(
        id,
        payment => payment.State is PaymentState.Pending or PaymentState.Authorize or PaymentState.Challenge or PaymentState.Capture,
        (payment, now) => payment.Become(PaymentState.Cancel, now));

    public BookResult Expire(string id) => Change(
        id,
        payment => payment.State == PaymentState.Pending,
        (payment, now) => payment.Become(PaymentState.Expire, now));

    public BookResult Approve(string id) => Change(
        id,
        payment => payment.State == PaymentState.Challenge,
        (payment, now) => payment.Become(PaymentState.Capture, now));

    public BookResult Deny(string id) => Change(
        id,
        payment => payment.State == PaymentState.Challenge,
        (payment, now) => payment.Become(PaymentState.Deny, now) with { DeniedByFraudCheck = true });

    /// <summary>Takes the money that was held on a card.</summary>
    /// <param name="amount">Whole rupiah, at most what was authorized; null takes all.</param>
    public BookResult Capture(string transactionId, long? amount)
    {
        lock (_lock)
        {
            if (_payments.GetValueOrDefault(transactionId) is not { } payment)
            {
                return new BookResult(BookVerdict.UnknownPayment, Payment: null);
            }

            if (payment.State != PaymentState.Authorize)
            {
                return new BookResult(BookVerdict.StateForbids, payment);
            }

            var taken = amount ?? payment.GrossAmount;
            if (taken < 1 || taken > payment.GrossAmount)
            {
                return new BookResult(BookVerdict.AmountForbids, payment);
            }

            return new BookResult(BookVerdict.Done, SaveAndNotify(payment.Become(PaymentState.Capture, _time.GetUtcNow()) with { GrossAmount = taken }));
        }
    }

    /// <summary>Gives money back; the same key and amount again changes nothing and succeeds.</summary>
    /// <param name="key">Null makes one up.</param>
    /// <param name="amount">Whole rupiah; null gives back all that is left.</param>
    /// <param name="online">Sent straight to the provider.</param>
    public BookResult Refund(string id, string? key, long? amount, string? reason, bool online)
    {
        lock (_lock)
        {
            if (FindLocked(id) is not { } payment)
            {
                return new BookResult(BookVerdict.UnknownPayment, Payment: null);
            }

            if (key is not null && payment.Refunds.FirstOrDefault(refund => refund.Key == key) is { } former)
            {
                return new BookResult(amount is null || amount == former.Amount ? BookVerdict.Done : BookVerdict.RefundKeyTaken, payment);
            }

            var refundable = payment.Method.MayBeRefunded && payment.State is PaymentState.Settlement or PaymentState.PartialRefund;
            if (!refundable)
            {
                return new BookResult(BookVerdict.StateForbids, payment);
            }

            var given = amount ?? payment.Remaining;
            var inPart = given < payment.Remaining;
            if (given < 1 || given > payment.Remaining || (inPart && !payment.Method.MayBePartlyRefunded))
            {
                return new BookResult(BookVerdict.AmountForbids, payment);
            }

            return new BookResult(BookVerdict.Done, SaveAndNotify(PaymentSteps.GiveBack(payment, given, key, reason, online, _time.GetUtcNow())));
        }
    }

    /// <summary>Lets the customer, or the customer's bank, act; the shop's server has no part in it.</summary>
    /// <remarks>
    /// The latest session of the order counts: that of the shop's order id, or of one that adds a suffix from <c>~</c> on. A payment
    /// by the same method goes on where it legally can, if need be in several steps, each with its notification; otherwise there is
    /// a new one.
    /// </remarks>
    public PayResult Pay(PayOrder order)
    {
        lock (_lock)
        {
            var sessions = _sessions.Values.Where(session => IsOfShopOrder(session.OrderId, order.OrderId)).ToList();
            if (sessions.Count == 0)
            {
                return new PayResult(PayVerdict.UnknownOrder, Payment: null);
            }

            if (order.Amount is < 1)
            {
                return new PayResult(PayVerdict.AmountForbids, Payment: null);
            }

            var session = sessions[^1];
            var steps = FindContinuation(order, session, sessions, out var payment);
            if (steps is not null)
            {
                return Walk(payment!, steps, order.Amount);
            }

            var payments = sessions.Select(one => one.OrderId).Distinct().SelectMany(PaymentsOf);
            if (order.Outcome.GivesBack() && payments.Any(one => one.State.IsPaid()))
            {
                return new PayResult(PayVerdict.StateForbids, Payment: null);
            }

            return session.IsOpen(_time.GetUtcNow())
                ? Begin(session, order)
                : new PayResult(PayVerdict.SessionEnded, Payment: null);
        }
    }

    /// <summary>Does what time alone brings: unpaid payments expire, banks confirm refunds.</summary>
    public void Advance()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();

            foreach (var id in _awaited.ToList())
            {
                var payment = _payments[id];

                if (payment.State is PaymentState.Pending or PaymentState.Authorize && now >= payment.ExpiresAt)
                {
                    SaveAndNotify(payment.Become(PaymentState.Expire, now));
                }
                else if (payment.Refunds.Any(IsDue))
                {
                    var refunds = payment.Refunds.Select(refund => IsDue(refund) ? refund with { ConfirmedAt = now } : refund);
                    SaveAndNotify(payment with { Refunds = [.. refunds] });
                }
            }

            bool IsDue(PaymentRefund refund) => refund.ConfirmedAt is null && now - refund.CreatedAt >= _confirmationDelay;
        }
    }

    public void Dispose() => _journal.Dispose();

    private static bool IsOfShopOrder(string orderId, string shopOrderId) =>
        orderId.StartsWith(shopOrderId, StringComparison.Ordinal)
        && (orderId.Length == shopOrderId.Length || orderId[shopOrderId.Length] == '~');

    private BookResult Change(string id, Func<Payment, bool> allows, Func<Payment, DateTimeOffset, Payment> change)
    {
        lock (_lock)
        {
            if (FindLocked(id) is not { } payment)
            {
                return new BookResult(BookVerdict.UnknownPayment, Payment: null);
            }

            return allows(payment)
                ? new BookResult(BookVerdict.Done, SaveAndNotify(change(payment, _time.GetUtcNow())))
                : new BookResult(BookVerdict.StateForbids, payment);
        }
    }

    private Payment? FindLocked(string id) =>
        _payments.GetValueOrDefault(id) ?? PaymentsOf(id).LastOrDefault();

    /// <returns>The steps that lead <paramref name="payment"/> to the outcome; null when no payment can go there.</returns>
    private PaymentState[]? FindContinuation(
        PayOrder order,
        SnapSession latest,
        IReadOnlyList<SnapSession> sessions,
        out Payment? payment)
    {
        var candidates = Enumerable.Reverse(PaymentsOf(latest.OrderId)).Where(order.Fits);
        if (order.Outcome.GivesBack())
        {
            // Money goes back on the payment that brought it, whichever session and method that was.
            var paid = sessions.Select(session => session.OrderId).Distinct().SelectMany(PaymentsOf).Reverse()
                .Where(one => one.State.IsPaid());
            candidates = [.. candidates.Where(one => one.State.IsPaid()), .. paid, .. candidates];
        }

        foreach (var candidate in candidates)
        {
            if (PaymentSteps.Find(candidate.State, order.Outcome, candidate.Method) is { } steps)
            {
                payment = candidate;
                return steps;
            }
        }

        payment = null;
        return null;
    }

    /// <summary>Makes a payment and takes it to the outcome; what can only follow a settlement is settled first.</summary>
    private PayResult Begin(SnapSession session, PayOrder order)
    {
        var now = _time.GetUtcNow();
        var first = order.Outcome.GivesBack() ? PaymentState.Settlement : order.Outcome;
        var grossAmount = order.Outcome.GivesBack() ? session.GrossAmount : order.Amount ?? session.GrossAmount;
        var lifetime = first == PaymentState.Authorize ? PaymentSteps.AuthorizationLifetime : session.PaymentLifetime ?? order.Method.Lifetime;

        var payment = new Payment(
            Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
            session.OrderId,
            order.Method,
            first,
            grossAmount,
            PaymentSteps.NumberFor(order.Method),
            now,
            first == PaymentState.Authorize ? now + lifetime : session.PaymentDeadline ?? now + lifetime,
            SettledAt: null,
            DeniedByFraudCheck: false,
            ChargedBack: 0,
            Refunds: [],
            session.Carried).Become(first, now);

        if (first == order.Outcome)
        {
            return new PayResult(PayVerdict.Done, SaveAndNotify(payment));
        }

        if (order.Amount > payment.GrossAmount)
        {
            return new PayResult(PayVerdict.AmountForbids, Payment: null);
        }

        return Walk(SaveAndNotify(payment), [order.Outcome], order.Amount);
    }

    private PayResult Walk(Payment payment, PaymentState[] steps, long? amount)
    {
        if (steps[^1].GivesBack() && (amount > payment.Remaining || payment.Remaining < 1))
        {
            return new PayResult(PayVerdict.AmountForbids, payment);
        }

        foreach (var step in steps)
        {
            // An amount to be given back says nothing of the settlement before it.
            var concerned = step.GivesBack() == steps[^1].GivesBack();
            payment = SaveAndNotify(PaymentSteps.Take(payment, step, concerned ? amount : null, _time.GetUtcNow()));
        }

        return new PayResult(PayVerdict.Done, payment);
    }

    private List<SnapSession> SessionsOf(string orderId) =>
        _tokensByOrder.TryGetValue(orderId, out var tokens) ? [.. tokens.Select(token => _sessions[token])] : [];

    private List<Payment> PaymentsOf(string orderId) =>
        _paymentsByOrder.TryGetValue(orderId, out var ids) ? [.. ids.Select(id => _payments[id])] : [];

    private void Save(SnapSession session)
    {
        _journal.Append(new BookEntry(session, Payment: null));
        Index(session);
    }

    private Payment SaveAndNotify(Payment payment)
    {
        _journal.Append(new BookEntry(Session: null, payment));
        Index(payment);

        var body = _body.Notification(payment).ToJsonString(SandboxJson.Wire);
        _courier.Post(payment.TransactionId, NotificationPath, body, signature: null, _time.GetUtcNow());

        return payment;
    }

    private void Index(SnapSession session)
    {
        if (!_sessions.ContainsKey(session.Token))
        {
            Add(_tokensByOrder, session.OrderId, session.Token);
        }

        _sessions[session.Token] = session;
    }

    private void Index(Payment payment)
    {
        if (!_payments.ContainsKey(payment.TransactionId))
        {
            Add(_paymentsByOrder, payment.OrderId, payment.TransactionId);
        }

        _payments[payment.TransactionId] = payment;

        var awaits = payment.State is PaymentState.Pending or PaymentState.Authorize
            || payment.Refunds.Any(refund => refund.ConfirmedAt is null);
        if (awaits)
        {
            _awaited.Add(payment.TransactionId);
        }
        else
        {
            _awaited.Remove(payment.TransactionId);
        }
    }

    private static void Add(Dictionary<string, List<string>> index, string key, string id)
    {
        if (index.TryGetValue(key, out var ids))
        {
            ids.Add(id);
        }
        else
        {
            index.Add(key, [id]);
        }
    }
}
