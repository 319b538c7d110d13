using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Auditing;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Operations;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Outbox;
using BuatFilm.Core.Payments;
using BuatFilm.Core.Webhooks;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Components;

/// <summary>The words of every state that pages show; one word for one meaning on all of them.</summary>
public sealed class Words(IStringLocalizer<ComponentTexts> texts)
{
    public Word Of(OrderStatus status) => Make(nameof(OrderStatus), status, status switch
    {
        OrderStatus.Queued => Tone.Warning,
        OrderStatus.AwaitingPayment => Tone.Neutral,
        OrderStatus.Pending => Tone.Info,
        OrderStatus.Challenge => Tone.Warning,
        OrderStatus.Authorized => Tone.Info,
        OrderStatus.Paid => Tone.Good,
        OrderStatus.Denied => Tone.Bad,
        OrderStatus.Expired => Tone.Neutral,
        OrderStatus.Cancelled => Tone.Neutral,
        OrderStatus.Failed => Tone.Bad,
        OrderStatus.PartiallyRefunded => Tone.Info,
        OrderStatus.Refunded => Tone.Info,
        OrderStatus.PartiallyChargedBack => Tone.Bad,
        OrderStatus.ChargedBack => Tone.Bad,
        OrderStatus.OnHold => Tone.Warning,
    });

    public Word Of(MessageStatus status) => Make(nameof(MessageStatus), status, status switch
    {
        MessageStatus.Pending => Tone.Neutral,
        MessageStatus.Processing => Tone.Info,
        MessageStatus.Retrying => Tone.Warning,
        MessageStatus.Sent => Tone.Good,
        MessageStatus.Dlq => Tone.Bad,
    });

    /// <summary>By the view's own name, such as <c>DLQ</c>.</summary>
    /// <exception cref="FormatException">The view has no such status.</exception>
    public Word OfMessage(string status)
    {
        ArgumentNullException.ThrowIfNull(status);

        // By name: the enum's own reading takes its numbers, too.
        foreach (var known in Enum.GetValues<MessageStatus>())
        {
            if (string.Equals(known.ToString(), status, StringComparison.OrdinalIgnoreCase))
            {
                return Of(known);
            }
        }

        throw new FormatException($"'{status}' is no status of a message.");
    }

    public Word Of(ReceiptStatus status) => Make(nameof(ReceiptStatus), status, status switch
    {
        ReceiptStatus.Sent => Tone.Good,
        ReceiptStatus.Failed => Tone.Bad,
        ReceiptStatus.Delivered => Tone.Good,
        ReceiptStatus.Read => Tone.Good,
    });

    public Word Of(DeliveryResult result) => Make(nameof(DeliveryResult), result, result switch
    {
        DeliveryResult.Delivered => Tone.Good,
        DeliveryResult.Failed => Tone.Warning,
        DeliveryResult.Refused => Tone.Bad,
        DeliveryResult.Unknown => Tone.Warning,
        DeliveryResult.NotTried => Tone.Neutral,
    });

    public Word Of(EventOutcome outcome) => Make(nameof(EventOutcome), outcome, outcome switch
    {
        EventOutcome.Applied => Tone.Good,
        EventOutcome.Duplicate => Tone.Neutral,
        EventOutcome.IgnoredStale => Tone.Neutral,
        EventOutcome.PendingVerification => Tone.Info,
        EventOutcome.UnknownOrder => Tone.Warning,
        EventOutcome.Mismatch => Tone.Bad,
        EventOutcome.Refuted => Tone.Bad,
        EventOutcome.Unsupported => Tone.Neutral,
    });

    public Word Of(PaymentState state) => Make(nameof(PaymentState), state, state switch
    {
        PaymentState.New => Tone.Neutral,
        PaymentState.Pending => Tone.Info,
        PaymentState.Authorize => Tone.Info,
        PaymentState.Challenge => Tone.Warning,
        PaymentState.Capture => Tone.Good,
        PaymentState.Settlement => Tone.Good,
        PaymentState.Deny => Tone.Bad,
        PaymentState.Cancel => Tone.Neutral,
        PaymentState.Expire => Tone.Neutral,
        PaymentState.Failure => Tone.Bad,
        PaymentState.PartialRefund => Tone.Info,
        PaymentState.Refund => Tone.Info,
        PaymentState.PartialChargeback => Tone.Bad,
        PaymentState.Chargeback => Tone.Bad,
    });

    public Word Of(AlertSeverity severity) => Make(nameof(AlertSeverity), severity, severity switch
    {
        AlertSeverity.Info => Tone.Info,
        AlertSeverity.Warning => Tone.Warning,
        AlertSeverity.Critical => Tone.Bad,
    });

    public Word Of(AuditOutcome outcome) => Make(nameof(AuditOutcome), outcome, outcome switch
    {
        AuditOutcome.Done => Tone.Good,
        AuditOutcome.Refused => Tone.Warning,
        AuditOutcome.Failed => Tone.Bad,
    });

    public Word Of(OperationState state) => Make(nameof(OperationState), state, state switch
    {
        OperationState.Planned => Tone.Neutral,
        OperationState.Running => Tone.Info,
        OperationState.Finished => Tone.Good,
        OperationState.Cancelled => Tone.Warning,
    });

    public Word Of(OperationItemState state) => Make(nameof(OperationItemState), state, state switch
    {
        OperationItemState.Planned => Tone.Neutral,
        OperationItemState.Done => Tone.Good,
        OperationItemState.Skipped => Tone.Warning,
    });

    public Word Of(BreakerMode mode) => Make(nameof(BreakerMode), mode, mode switch
    {
        BreakerMode.Automatic => Tone.Neutral,
        BreakerMode.Isolated => Tone.Warning,
        BreakerMode.Disabled => Tone.Warning,
        BreakerMode.MonitorOnly => Tone.Info,
    });

    public Word Of(DegradationLevel level) => Make(nameof(DegradationLevel), level, level.ToTone());

    public Word Of(Channel channel) => Make(nameof(Channel), channel, Tone.Neutral);

    /// <summary>Who did something: a person's name, a program by its key, or nobody in particular.</summary>
    /// <param name="actor">As <c>Access.ActorOf</c> gives it; null is nobody known.</param>
    public string OfActor(string? actor) => actor switch
    {
        null => "–",
        "system" => texts["Actor.System"],
        _ when actor.StartsWith("api:", StringComparison.Ordinal) => texts["Actor.Api", ForeignText.Clean(actor[4..], 60)],
        _ => ForeignText.Clean(actor, 80),
    };

    private Word Make<T>(string set, T value, Tone tone)
        where T : struct, Enum =>
        new(texts[$"Word.{set}.{value}"], texts[$"Technical.{set}.{value}"], tone, WireName<T>.Of(value));
}

/// <summary>Where a message stands, as the view <c>outbox_overview</c> tells it in capitals.</summary>
public enum MessageStatus
{
    Pending,

    /// <summary>A node is sending it.</summary>
    Processing,

    /// <summary>It failed and is tried again.</summary>
    Retrying,
    Sent,

    /// <summary>It failed for good; it stays until somebody requeues it.</summary>
    Dlq,
}
