using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Outbox;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>What was going on when a delivery failed.</summary>
internal enum SmtpPhase
{
    /// <summary>Reaching the server.</summary>
    Connect,

    /// <summary>Greeting, EHLO, TLS.</summary>
    Greet,

    Authenticate,

    /// <summary>MAIL and RCPT, until the server asked for the message.</summary>
    Envelope,

    /// <summary>The message itself, not yet all of it: no server takes over what has not ended.</summary>
    Data,

    /// <summary>All of it, with the final dot, may be with the server. If the connection breaks here, it may have been delivered.</summary>
    Handover,
}

/// <summary>Says of each failure what it means for the message and for the mail server as a whole.</summary>
/// <remarks>
/// Three questions are kept apart: does it concern this one recipient, the server, or our settings? Only the
/// second opens the breaker, and only the first can make a dead letter.
/// </remarks>
internal static partial class SmtpFailure
{
    /// <summary>Kept of what a server says.</summary>
    public const int MaxErrorLength = 1000;

    /// <summary>Servers that grey-list want to see the same message again, but not soon.</summary>
    public static readonly TimeSpan GreylistPause = TimeSpan.FromMinutes(5);

    public static DeliveryOutcome UnusableRecipient { get; } =
        new(DeliveryResult.Refused, ServiceVerdict.NotCalled, "recipient", "The recipient is not one bare mail address.");

    /// <param name="retryAfter">Until the next trial call; null while an operator holds the breaker open.</param>
    public static DeliveryOutcome BreakerOpen(TimeSpan? retryAfter) =>
        new(DeliveryResult.NotTried, ServiceVerdict.NotCalled, "breaker_open", RetryAfter: AtLeastASecond(retryAfter));

    public static DeliveryOutcome NoFreeConnection { get; } =
        new(DeliveryResult.NotTried, ServiceVerdict.NotCalled, "busy", "All connections to the mail server are in use.", RetryAfter: TimeSpan.FromSeconds(5));

    /// <summary>For a message that was held back because the server refuses our credentials or settings: asking again and again gets accounts locked.</summary>
    /// <param name="code">What it refused them with.</param>
    public static DeliveryOutcome Paused(string code, TimeSpan? retryAfter) =>
        new(DeliveryResult.NotTried, ServiceVerdict.NotCalled, code, "The mail server refuses our credentials or settings; the next try waits.", RetryAfter: AtLeastASecond(retryAfter));

    /// <summary>For a message that was cut off by our own end, before any server could take it over.</summary>
    public static DeliveryOutcome Stopped { get; } =
        new(DeliveryResult.NotTried, ServiceVerdict.NotCalled, "stopped", "The program ended before the message was handed over.", RetryAfter: TimeSpan.Zero);

    public static DeliveryOutcome TimedOut(SmtpPhase phase) =>
        Broken(phase, "timeout", $"No answer in time ({phase}).");

    /// <summary>True for failures of the outside world; anything else is a bug of ours.</summary>
    public static bool IsForeign(Exception exception) =>
        exception is CommandException or ProtocolException or AuthenticationException or SslHandshakeException
            or ServiceNotAuthenticatedException or ServiceNotConnectedException
            or NotSupportedException or IOException or SocketException or TimeoutException;

    /// <summary>True when the connection is to blame rather than the message: another connection may do better.</summary>
    public static bool IsConnectionLoss(Exception exception) => exception switch
    {
        // Servers take leave of an idle client with a 421, and it is read as the answer to the next command.
        SmtpCommandException { StatusCode: SmtpStatusCode.ServiceNotAvailable } => true,
        ProtocolException or IOException or SocketException or ServiceNotConnectedException => true,
        _ => false,
    };

    public static DeliveryOutcome Classify(Exception exception, SmtpPhase phase) => exception switch
    {
        SmtpCommandException command => OfReply((int)command.StatusCode, command.ErrorCode, command.Message, phase),
        ServiceNotAuthenticatedException => Misconfigured("530", exception.Message),
        AuthenticationException => OfSignIn(exception),
        SslHandshakeException { InnerException: IOException or SocketException } => Broken(phase, "connection", exception.Message),
        SslHandshakeException => Misconfigured("tls", exception.Message),

        // What we insist on and the server does not offer: STARTTLS, or a way to sign in.
        NotSupportedException when phase is SmtpPhase.Connect or SmtpPhase.Greet => Misconfigured("tls", exception.Message),
        NotSupportedException when phase is SmtpPhase.Authenticate => Misconfigured("auth", exception.Message),
        TimeoutException => TimedOut(phase),
        _ => Broken(phase, "connection", exception.Message),
    };

    /// <summary>Without control characters, and no longer than is stored.</summary>
    public static string Clean(string text)
    {
        var kept = string.Concat(text.Take(MaxErrorLength * 2).Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        if (kept.Length <= MaxErrorLength)
        {
            return kept;
        }

        // Half a surrogate pair cannot be stored.
        var length = char.IsHighSurrogate(kept[MaxErrorLength - 1]) ? MaxErrorLength - 1 : MaxErrorLength;
        return kept[..length];
    }

    private static DeliveryOutcome OfReply(int status, SmtpErrorCode command, string words, SmtpPhase phase)
    {
        var code = status.ToString(CultureInfo.InvariantCulture);

        // "I am closing": whatever it answers, it concerns everybody. So does all that comes before the sign-in.
        if (status == 421 || phase is SmtpPhase.Connect or SmtpPhase.Greet)
        {
            return Outage(code, words);
        }

        if (status is 530 or 534 or 535 or 538)
        {
            return Misconfigured(code, words);
        }

        var passes = MayPass(status, words);
        return command switch
        {
            SmtpErrorCode.RecipientNotAccepted when passes => new(DeliveryResult.Failed, ServiceVerdict.Answered, code, Clean(words), RetryAfter: IsGreylisting(words) ? GreylistPause : null),
            SmtpErrorCode.RecipientNotAccepted => Refused(code, words),
            SmtpErrorCode.SenderNotAccepted when passes => Outage(code, words),
            SmtpErrorCode.SenderNotAccepted => Misconfigured(code, words),
            SmtpErrorCode.MessageNotAccepted or SmtpErrorCode.UnexpectedStatusCode when passes => Outage(code, words),
            SmtpErrorCode.MessageNotAccepted or SmtpErrorCode.UnexpectedStatusCode => Refused(code, words),
        };
    }

    private static DeliveryOutcome OfSignIn(Exception exception)
    {
        var inner = exception.InnerException as SmtpCommandException;
        var words = inner?.Message ?? exception.Message;
        return inner is not null && MayPass((int)inner.StatusCode, words)
            ? Outage(((int)inner.StatusCode).ToString(CultureInfo.InvariantCulture), words)
            : Misconfigured("auth", words);
    }

    /// <summary>Whether the same message may be taken later. An enhanced code (RFC 3463) of another class than the reply is the more exact one.</summary>
    private static bool MayPass(int status, string words)
    {
        var enhanced = EnhancedCode().Match(words);
        return enhanced.Success ? enhanced.Groups["class"].ValueSpan is not "5" : status is < 500 or > 599;
    }

    private static bool IsGreylisting(string words) => EnhancedCode().Match(words) is { Success: true } enhanced && enhanced.Value.Trim() == "4.7.1";

    private static DeliveryOutcome Broken(SmtpPhase phase, string code, string words) =>
        new(phase == SmtpPhase.Handover ? DeliveryResult.Unknown : DeliveryResult.Failed, ServiceVerdict.Outage, code, Clean(words));

    private static DeliveryOutcome Outage(string code, string words) => new(DeliveryResult.Failed, ServiceVerdict.Outage, code, Clean(words));

    private static DeliveryOutcome Refused(string code, string words) => new(DeliveryResult.Refused, ServiceVerdict.Answered, code, Clean(words));

    private static DeliveryOutcome Misconfigured(string code, string words) =>
        new(DeliveryResult.NotTried, ServiceVerdict.Misconfigured, code, Clean(words));

    // The breaker's last moment, or a trial that is under way: ask again soon, not at once.
    private static TimeSpan? AtLeastASecond(TimeSpan? wait) => wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait;

    /// <summary>Such as <c>4.7.1</c> in <c>450 4.7.1 Greylisted</c>; MailKit hands over the words behind the reply code.</summary>
    [GeneratedRegex(@"^\s*(?<class>[45])\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EnhancedCode();
}
