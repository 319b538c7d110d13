using BuatFilm.Admin.Components;
using BuatFilm.Core;
using BuatFilm.Core.Auditing;
using BuatFilm.Core.Outbox;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>One thing that happened to an order, in words.</summary>
/// <param name="What">For tests and scripts; such as <c>message_sent</c>.</param>
/// <param name="Chip">What came of it; null when the title says it all.</param>
/// <param name="Detail">In our own words; null when there is nothing to add.</param>
/// <param name="Foreign">In the words of others, personal data masked; null when they said nothing.</param>
/// <param name="NextAt">When it is tried again; null when it is not.</param>
internal sealed record StoryEntry(DateTimeOffset At, string What, Tone Tone, string Title, Word? Chip = null, string? Detail = null, string? Foreign = null, DateTimeOffset? NextAt = null);

/// <summary>Tells what happened to one order, oldest first: how it was placed, its payment pages, what Midtrans said, what customers were told, and what needed people.</summary>
internal sealed class OrderStory(IStringLocalizer<OrdersPageTexts> texts, Words words)
{
    private const int LongestError = 240;

    /// <summary>Alerts that come with a hold.</summary>
    private static readonly string[] Holds = ["double_payment", "payment_refuted", "amount_mismatch"];

    public IReadOnlyList<StoryEntry> Tell(OrderTimeline told)
    {
        List<StoryEntry> entries =
        [
            new(told.Order.CreatedAt, "order_placed", Tone.Neutral, texts["Story.order_placed"], Detail: texts["Story.Storefront", ForeignText.Clean(told.Order.Storefront, 60)]),
            .. told.Sessions.SelectMany(Of),
            .. told.Events.SelectMany(Of),
            .. told.Messages.SelectMany(Of),
            .. told.Alerts.SelectMany(Of),
            .. told.Actions.Select(Of),
        ];

        return [.. entries.OrderBy(entry => entry.At)];
    }

    private IEnumerable<StoryEntry> Of(OrderSessionFact session)
    {
        // A page that was made at the first try never waited.
        if (session.OpenedAt is null || session.Attempts > 1)
        {
            yield return new(session.CreatedAt, "session_queued", Tone.Warning, texts["Story.session_queued"], NextAt: session.OpenedAt is null && session.State == "queued" ? session.NextAttemptAt : null);
        }

        if (session.OpenedAt is { } openedAt)
        {
            yield return new(openedAt, "payment_page_opened", Tone.Good, texts["Story.payment_page_opened"], Detail: session.Sequence > 1 ? texts["Story.Sequence", session.Sequence] : (string?)null);
        }
    }

    private IEnumerable<StoryEntry> Of(OrderEventFact told)
    {
        var status = WireName<PaymentState>.TryParse(told.TransactionStatus, out var state) ? words.Of(state).ToString() : ForeignText.Clean(told.TransactionStatus, 60);
        var outcome = words.Of(WireName<EventOutcome>.Parse(told.Outcome));
        var isPoll = told.Source == WireName<EventSource>.Of(EventSource.Poll);
        yield return new(
            told.ReceivedAt,
            isPoll ? "payment_found" : "payment_event",
            outcome.Tone,
            texts[isPoll ? "Story.payment_found" : "Story.payment_event", status],
            outcome,
            told.Reason is { } reason && texts[$"Reason.{reason}"] is { ResourceNotFound: false } known ? known.Value : null);
        if (!isPoll && told.VerifiedAt is { } verifiedAt)
        {
            yield return new(verifiedAt, "payment_verified", outcome.Tone, texts["Story.payment_verified", status]);
        }
    }

    private IEnumerable<StoryEntry> Of(OrderMessageFact message)
    {
        var kind = texts[$"Message.{message.Kind}"] is { ResourceNotFound: false } known ? known.Value : ForeignText.Clean(message.Kind, 60);
        var channel = WireName<Channel>.TryParse(message.Channel, out var way) ? words.Of(way).Everyday : ForeignText.Clean(message.Channel, 60);
        var detail = $"{channel} · {Masking.Of(message.Recipient)}";
        var isWaiting = message is { SentAt: null, DeadAt: null };
        yield return new(
            message.CreatedAt,
            "message_queued",
            Tone.Neutral,
            texts["Story.message_queued", kind],
            isWaiting ? words.OfMessage(message.Status) : null,
            detail,
            isWaiting ? Masked.Error(message.LastError, LongestError) : null,
            isWaiting && message.Attempts > 0 ? message.NextAttemptAt : null);
        if (message.SentAt is { } sentAt)
        {
            yield return new(sentAt, "message_sent", Tone.Good, texts["Story.message_sent", kind], Detail: detail);
        }
        else if (message.DeadAt is { } deadAt)
        {
            yield return new(deadAt, "message_dead", Tone.Bad, texts["Story.message_dead", kind], words.Of(MessageStatus.Dlq), detail, Masked.Error(message.LastError, LongestError));
        }
    }

    private IEnumerable<StoryEntry> Of(OrderAlertFact alert)
    {
        var name = texts[$"Alert.{alert.Kind}"] is { ResourceNotFound: false } known ? known.Value : texts["Alert.other"].Value;
        yield return new(alert.RaisedAt, Holds.Contains(alert.Kind) ? "order_held" : "alert_raised", alert.Severity == "critical" ? Tone.Bad : Tone.Warning, name);
        if (alert.ResolvedAt is { } resolvedAt)
        {
            yield return new(resolvedAt, "alert_resolved", Tone.Good, texts["Story.alert_resolved", name]);
        }
    }

    private StoryEntry Of(OrderActionFact done)
    {
        var what = texts[$"Action.{done.Action}"] is { ResourceNotFound: false } known ? known.Value : ForeignText.Clean(done.Action, 60);
        return new(
            done.At,
            "action",
            done.Outcome == AuditOutcome.Done ? Tone.Info : Tone.Warning,
            texts["Story.action", ForeignText.Clean(done.Actor, 80), what],
            done.Outcome == AuditOutcome.Done ? null : words.Of(done.Outcome),
            Foreign: Masked.Error(done.Reason, LongestError));
    }
}
