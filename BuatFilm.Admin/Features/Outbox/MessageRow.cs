using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>A message in the list.</summary>
/// <param name="Recipient">Masked.</param>
/// <param name="Status">As the view <c>outbox_overview</c> has it.</param>
/// <param name="Receipt">How far it came at the provider; null while nobody has said.</param>
/// <param name="Attempts">Made so far, over all requeues.</param>
/// <param name="DueAt">The next delivery, or the end of the lease while it is being sent; null when none is due.</param>
/// <param name="Code">Of the last attempt.</param>
internal sealed record MessageRow(
    long Id,
    string? OrderId,
    string Kind,
    string Channel,
    string Recipient,
    string Status,
    ReceiptStatus? Receipt,
    int Attempts,
    DateTimeOffset? DueAt,
    string? Code,
    DateTimeOffset? TriedAt,
    DateTimeOffset CreatedAt);

/// <summary>One message with all that happened to it.</summary>
/// <param name="MaxAttempts">Attempts that each queueing grants.</param>
/// <param name="IsStalled">True when it waits for its service, not for itself.</param>
/// <param name="SendingNode">The machine that is sending it; null when none is, or it is not known any more.</param>
/// <param name="Cause">Why it is dead; null when it is not.</param>
public sealed record MessageDetails(
    long Id,
    Guid MessageId,
    string? OrderId,
    string Kind,
    string Channel,
    string Recipient,
    string Locale,
    string Status,
    int Attempts,
    int MaxAttempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DueAt,
    bool IsStalled,
    string? SendingNode,
    string? Cause,
    DateTimeOffset? DeadAt,
    MessagePreview Preview,
    IReadOnlyList<AttemptStep> History,
    IReadOnlyList<RequeueLine> Requeues,
    IReadOnlyList<ReceiptStep> Receipts)
{
    public const string Dead = "DLQ";
    public const string Sending = "PROCESSING";
    public const string Sent = "SENT";

    public bool IsDead => Status == Dead;
}

/// <param name="Error">The server's words, addresses masked; written by others.</param>
/// <param name="Machine">Where it was tried; null when that node is not known any more.</param>
public sealed record AttemptStep(int Attempt, DeliveryResult Result, string? Code, string? Error, string? ProviderId, string? Machine, DateTimeOffset EndedAt);

/// <summary>What the provider reported of one handing over.</summary>
public sealed record ReceiptStep(string ProviderId, ReceiptStatus Status, DateTimeOffset? SentAt, DateTimeOffset? DeliveredAt, DateTimeOffset? ReadAt, DateTimeOffset? FailedAt, string? Code, string? Error);
