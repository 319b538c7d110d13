namespace BuatFilm.Core.Outbox;

/// <summary>One notification to one recipient, delivered at least once. Written once; where it stands is in <see cref="OutboxQueueEntry"/> and <see cref="OutboxDeadLetter"/>.</summary>
public sealed class OutboxMessage
{
    public long Id { get; init; }

    /// <summary>Names the mail over all its attempts, so that a double is recognisable.</summary>
    public Guid MessageId { get; init; }

    public string? OrderId { get; init; }

    /// <summary>What it is about, such as <c>payment_received</c>.</summary>
    public required string Kind { get; init; }

    public Channel Channel { get; init; }

    /// <summary>A mail address, or a number in E.164.</summary>
    public required string Recipient { get; init; }

    /// <summary><c>id</c> or <c>en</c>.</summary>
    public required string Locale { get; init; }

    /// <summary>What the text is filled with, a flat JSON object of strings.</summary>
    public required string Data { get; init; }

    /// <summary>Unique while not null: one message per order, event and channel.</summary>
    public string? DedupeKey { get; init; }

    /// <summary>Deliveries tried before it is a dead letter; from 1.</summary>
    public int MaxAttempts { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A message that is to be delivered: the narrow, hot row.</summary>
public sealed class OutboxQueueEntry
{
    public long MessageId { get; init; }

    public Channel Channel { get; init; }

    /// <summary>The earliest instant of the next delivery; while it is leased, the end of the lease.</summary>
    public DateTimeOffset DueAt { get; private set; }

    /// <summary>Claims so far, never reset: together with <see cref="LeaseOwner"/> the fencing token.</summary>
    public int Attempt { get; private set; }

    /// <summary>The attempt after which the message is a dead letter; moves on when an attempt was not one, and at a requeue.</summary>
    public int AttemptLimit { get; private set; }

    /// <summary>The run of the node that is sending it; null while it waits.</summary>
    public Guid? LeaseOwner { get; private set; }

    /// <summary>True when the last attempt failed because the service was down: it need not wait any longer than the service does.</summary>
    public bool IsStalled { get; private set; }
}

/// <summary>A message that is not delivered any more until somebody requeues it.</summary>
public sealed class OutboxDeadLetter
{
    public long MessageId { get; init; }

    public Channel Channel { get; init; }

    /// <summary><c>refused</c>, <c>attempts_used_up</c> or <c>undeliverable</c>.</summary>
    public required string Cause { get; init; }

    public int Attempt { get; init; }

    public DateTimeOffset DeadAt { get; init; }
}

/// <summary>One attempt to deliver one message; appended, never changed.</summary>
public sealed class NotificationAttempt
{
    public long MessageId { get; init; }

    public int Attempt { get; init; }

    public DeliveryResult Result { get; init; }

    /// <summary>The server's code, such as <c>550</c> or <c>timeout</c>; at most 64 characters.</summary>
    public string? Code { get; init; }

    /// <summary>The server's words, cut to 1,000 characters. Written by others: never render it raw.</summary>
    public string? Error { get; init; }

    /// <summary>The name under which the provider knows it, such as WhatsApp's <c>wamid</c>.</summary>
    public string? ProviderId { get; init; }

    public Guid Node { get; init; }

    public DateTimeOffset EndedAt { get; init; }
}

public enum Channel
{
    Email,
    Whatsapp,

    /// <summary>An address of the operators' own that takes alerts; customers have none.</summary>
    Webhook,
}
