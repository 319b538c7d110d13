using System.Threading.Channels;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Live;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>Stores and applies notifications: those that wait are one group, one statement, one commit.</summary>
/// <remarks>
/// A group of one is the normal case; nothing waits for company. When a group fails, each of its items is tried
/// alone, so a poisoned one fails alone. Items of one order are never in one group and keep their order.
/// </remarks>
internal sealed class NotificationIngest : BackgroundService
{
    /// <summary>Times that an item may be overtaken by another writer of its order before it is answered 503.</summary>
    private const int MaxRounds = 50;

    private readonly Channel<Waiting> _waiting;
    private readonly LedgerStore _store;
    private readonly WebhooksOptions _options;
    private readonly IOptionsMonitor<MidtransOptions> _midtrans;
    private readonly IOptionsMonitor<WhatsAppOptions> _whatsApp;
    private readonly Wakes _wakes;
    private readonly ILogger<NotificationIngest> _logger;
    private readonly TimeProvider _time;

    public NotificationIngest(Databases databases, IOptions<WebhooksOptions> options, IOptionsMonitor<MidtransOptions> midtrans, IOptionsMonitor<WhatsAppOptions> whatsApp, Wakes wakes, TimeProvider time, ILogger<NotificationIngest> logger)
    {
        _store = new LedgerStore(databases.Api);
        _options = options.Value;
        _midtrans = midtrans;
        _whatsApp = whatsApp;
        _wakes = wakes;
        _time = time;
        _logger = logger;
        _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(_options.MaxWaiting) { FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>Stores and applies one notification whose signature was found good.</summary>
    /// <returns>What became of it, committed; null when it could not be stored in time: Midtrans must send it again.</returns>
    public async Task<EventOutcome?> IngestAsync(MidtransNotification news, byte[] raw, CancellationToken cancellationToken)
    {
        var item = new Waiting(news, raw, EventKey.Of(news));
        if (!_waiting.Writer.TryWrite(item))
        {
            WebhookMetrics.Refused();
            return null;
        }

        try
        {
            return await item.Done.Task.WaitAsync(_options.AnswerWithin, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, _options.Writers).Select(_ => Task.Run(() => WriteGroupsAsync(stoppingToken), CancellationToken.None)));

    private async Task WriteGroupsAsync(CancellationToken stoppingToken)
    {
        List<Waiting> deferred = [];
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var group = await NextGroupAsync(deferred, stoppingToken);
                deferred = [.. await ProcessAsync(group, stoppingToken), .. deferred];
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        foreach (var item in deferred)
        {
            item.Done.TrySetResult(null);
        }

        while (_waiting.Reader.TryRead(out var left))
        {
            left.Done.TrySetResult(null);
        }
    }

    /// <summary>Takes what waits, at most one item per order and per event; the others stay in <paramref name="deferred"/>.</summary>
    private async Task<List<Waiting>> NextGroupAsync(List<Waiting> deferred, CancellationToken cancellationToken)
    {
        List<Waiting> candidates = [.. deferred];
        deferred.Clear();
        if (candidates.Count == 0)
        {
            candidates.Add(await _waiting.Reader.ReadAsync(cancellationToken));
        }

        while (candidates.Count < _options.MaxGroup && _waiting.Reader.TryRead(out var next))
        {
            candidates.Add(next);
        }

        var group = new List<Waiting>(candidates.Count);
        var orders = new HashSet<string>(StringComparer.Ordinal);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var candidate in candidates)
        {
            // Both are tried: an order already in the group must also keep the key of its second event free.
            var firstOfOrder = orders.Add(candidate.News.OrderId);
            var firstOfKey = keys.Add(Convert.ToBase64String(candidate.EventKey));
            (firstOfOrder && firstOfKey ? group : deferred).Add(candidate);
        }

        return group;
    }

    /// <summary>Decides and writes a group.</summary>
    /// <returns>Items that were overtaken and are to be decided again.</returns>
    private async Task<List<Waiting>> ProcessAsync(List<Waiting> group, CancellationToken cancellationToken)
    {
        try
        {
            return await DecideAndWriteAsync(group, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever failed, the answer is 503, and Midtrans sends it again.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            if (group.Count > 1 && !DatabaseOutage.Is(exception))
            {
                _logger.LogWarning(exception, "A group of {Count} notifications could not be stored; each is tried alone.", group.Count);
                var again = new List<Waiting>();
                foreach (var item in group)
                {
                    again.AddRange(await ProcessAsync([item], cancellationToken));
                }

                return again;
            }

            foreach (var item in group)
            {
                _logger.LogError(exception, "The notification for order {OrderId} could not be stored; it is answered 503.", item.News.OrderId);
                item.Done.TrySetResult(null);
            }

            return [];
        }
    }

    private async Task<List<Waiting>> DecideAndWriteAsync(List<Waiting> group, CancellationToken cancellationToken)
    {
        var rows = await _store.ReadAsync([.. group.Select(item => (item.EventKey, item.News.OrderId))], cancellationToken);
        var writes = new List<LedgerWrite>(group.Count);
        var writing = new List<Waiting>(group.Count);
        var again = new List<Waiting>();

        for (var i = 0; i < group.Count; i++)
        {
            switch (Prepare(group[i], rows[i]))
            {
                case null when group[i].Done.Task.IsCompleted:
                    break;
                case null:
                    again.Add(group[i]);
                    break;
                case { } write:
                    writes.Add(write);
                    writing.Add(group[i]);
                    break;
            }
        }

        if (writes.Count == 0)
        {
            return again;
        }

        var done = await _store.WriteAsync(writes, _options.TermsFor(_whatsApp.CurrentValue), cancellationToken);
        for (var i = 0; i < writes.Count; i++)
        {
            if (done.Contains(i))
            {
                Announce(writes[i]);
                writing[i].Done.TrySetResult(writes[i].Decision.Outcome);
            }
            else if (++writing[i].Rounds < MaxRounds)
            {
                again.Add(writing[i]);
            }
            else
            {
                writing[i].Done.TrySetResult(null);
            }
        }

        return again;
    }

    /// <summary>Decides what one item does to what is known.</summary>
    /// <returns>What is to be written; null when the item is answered without, or is to be looked up again under its other key.</returns>
    private LedgerWrite? Prepare(Waiting item, LedgerRow row)
    {
        if (row.EventId is not null && !string.Equals(row.EventMidtransOrderId, item.News.OrderId, StringComparison.Ordinal)
            && row.EventOutcome is not EventOutcome.UnknownOrder && !item.IsRival)
        {
            // The same transaction told of two orders: one of them is not true, and which one GET status will say.
            item.EventKey = EventKey.OfRival(item.News);
            item.IsRival = true;
            return null;
        }

        if (row.EventOutcome is EventOutcome.Applied or EventOutcome.Duplicate or EventOutcome.IgnoredStale or EventOutcome.Unsupported)
        {
            WebhookMetrics.Received(EventOutcome.Duplicate);
            item.Done.TrySetResult(EventOutcome.Duplicate);
            return null;
        }

        var decision = Decide(item, row);
        TimeSpan? checkAfter = decision.Check switch
        {
            CheckUrgency.None => null,
            CheckUrgency.Confirm => _options.ConfirmAfter,
            CheckUrgency.Now => TimeSpan.Zero,
        };

        return new LedgerWrite(null, item.EventKey, item.News, item.Raw, EventSource.Notification, row.Order, row.Version, decision, checkAfter, row.HasUnapplied && decision.Payment is not null);
    }

    private LedgerDecision Decide(Waiting item, LedgerRow row)
    {
        if (row.Order is null)
        {
            // Midtrans' dashboard sends such a test: signed, and of no order.
            var isTest = item.News.OrderId.StartsWith("payment_notif_test_", StringComparison.Ordinal);
            return new LedgerDecision(
                EventOutcome.UnknownOrder, isTest ? "dashboard_test" : "unknown_order", null, default, new OrderSums(0, 0, 0, null), false, CheckUrgency.None,
                isTest ? [] : [new LedgerAlert("unknown_order", AlertSeverity.Warning)]);
        }

        var decision = PaymentLedger.Decide(row.Order, item.News, _midtrans.CurrentValue.MerchantId, verified: false, row.Now);

        // News under another's transaction, or that was refuted before, gets no advance.
        return decision.Check == CheckUrgency.Confirm && (item.IsRival || row.EventOutcome is EventOutcome.Refuted)
            ? decision with { Outcome = EventOutcome.PendingVerification, Reason = "rival", Payment = null, Status = row.Order.Status, Sums = OrderFold.SumsOf(row.Order.Payments), BecamePaid = false, Check = CheckUrgency.Now, Alerts = [] }
            : decision;
    }

    private void Announce(LedgerWrite write)
    {
        WebhookMetrics.Received(write.Decision.Outcome);
        if (write.Decision.BecamePaid)
        {
            _wakes.Outbox.Wake();
        }

        if (write.CheckAfter is not null || write.RecheckOthers)
        {
            _wakes.Checks.Wake();
        }
    }

    private sealed class Waiting(MidtransNotification news, byte[] raw, byte[] eventKey)
    {
        public MidtransNotification News { get; } = news;

        public byte[] Raw { get; } = raw;

        public byte[] EventKey { get; set; } = eventKey;

        public bool IsRival { get; set; }

        public int Rounds { get; set; }

        public TaskCompletionSource<EventOutcome?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
