using BuatFilm.Core.Breakers;

namespace BuatFilm.Core.Outbox;

/// <summary>How one attempt to deliver ended.</summary>
public enum DeliveryResult
{
    Delivered,

    /// <summary>May succeed later; counts as an attempt.</summary>
    Failed,

    /// <summary>Will never succeed: the message is a dead letter.</summary>
    Refused,

    /// <summary>The connection broke after the whole message was handed over: it may have been delivered. Tried again under the same Message-ID, later than a plain failure.</summary>
    Unknown,

    /// <summary>Nothing was sent (open breaker, wrong credentials, a limit of ours): costs no attempt.</summary>
    NotTried,
}

/// <summary>What a sender reports of one attempt.</summary>
/// <param name="Code">Short and stable, such as <c>550</c>, <c>timeout</c>, <c>breaker_open</c>.</param>
/// <param name="Error">The server's words; written by others.</param>
/// <param name="ProviderId">The provider's name for what was accepted.</param>
/// <param name="RetryAfter">What the provider or the breaker asks us to wait at least; null when it says nothing.</param>
/// <param name="Verdict">What this attempt says of the service as a whole.</param>
public sealed record DeliveryOutcome(
    DeliveryResult Result,
    ServiceVerdict Verdict,
    string? Code = null,
    string? Error = null,
    string? ProviderId = null,
    TimeSpan? RetryAfter = null) : IServiceAnswer
{
    /// <summary>Delivered it was not, but the provider answered.</summary>
    public bool IsRefusal => Verdict == ServiceVerdict.Answered && Result != DeliveryResult.Delivered;

    public static DeliveryOutcome Delivered(string? providerId = null) => new(DeliveryResult.Delivered, ServiceVerdict.Answered, ProviderId: providerId);
}

/// <summary>A message as a sender gets it.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="MessageId">The same over all attempts.</param>
/// <param name="Attempt">Which claim this is, from 1, never reset.</param>
/// <param name="Data">What the text is filled with. Customers wrote part of it: escape it.</param>
public sealed record OutboundMessage(
    long Id,
    Guid MessageId,
    string? OrderId,
    string Kind,
    Channel Channel,
    string Recipient,
    string Locale,
    IReadOnlyDictionary<string, string> Data,
    int Attempt);

/// <summary>Delivers messages of one channel.</summary>
public interface IMessageSender
{
    Channel Channel { get; }

    /// <summary>The service behind the channel, whose breaker is asked before anything is claimed; null for a channel without one.</summary>
    ExternalService? Service { get; }

    /// <summary>Tries once. Reports every failure of the outside world as an outcome; throws only for a bug or when <paramref name="cancellationToken"/> ends it.</summary>
    Task<DeliveryOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken);
}
