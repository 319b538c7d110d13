namespace BuatFilm.Core.Outbox;

/// <summary>How far a message came after its provider had taken it, as the provider reports it.</summary>
public sealed class MessageReceipt
{
    /// <summary>The provider's name for the message, such as WhatsApp's <c>wamid</c>. Reports may come before our own mark.</summary>
    public required string ProviderId { get; init; }

    public Channel Channel { get; init; }

    /// <summary>Null while nobody knows which of our messages it is.</summary>
    public long? MessageId { get; private set; }

    public ReceiptStatus Status { get; private set; }

    public DateTimeOffset? SentAt { get; private set; }

    public DateTimeOffset? DeliveredAt { get; private set; }

    public DateTimeOffset? ReadAt { get; private set; }

    public DateTimeOffset? FailedAt { get; private set; }

    /// <summary>The provider's error code; null unless it failed.</summary>
    public string? Code { get; private set; }

    /// <summary>The provider's words, cut to 1,000 characters. Written by others: never render it raw.</summary>
    public string? Error { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }
}

/// <summary>In the order in which they follow each other; a report never moves a message back.</summary>
public enum ReceiptStatus
{
    Sent,

    /// <summary>It did not reach the recipient; only before it was delivered.</summary>
    Failed,
    Delivered,
    Read,
}
