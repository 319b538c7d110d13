using System.ComponentModel.DataAnnotations;
using BuatFilm.Admin.Integrations.WhatsApp;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>How notifications are taken in and checked.</summary>
internal sealed class WebhooksOptions
{
    public const string Section = "Webhooks";

    /// <summary>Notifications that one commit stores at the most; from 1 to 256.</summary>
    [Range(1, 256)]
    public int MaxGroup { get; set; } = 64;

    /// <summary>Groups under way at once; from 1 to 8.</summary>
    [Range(1, 8)]
    public int Writers { get; set; } = 2;

    /// <summary>Notifications that may wait; a further one is answered 503 and comes again. From 1.</summary>
    [Range(1, 100_000)]
    public int MaxWaiting { get; set; } = 2_000;

    /// <summary>How long a notification may wait for its commit before it is answered 503. Midtrans waits 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:00:14")]
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Questions to GET status under way at once; from 1 to 64.</summary>
    [Range(1, 64)]
    public int ConcurrentChecks { get; set; } = 4;

    /// <summary>The wait before an applied payment is confirmed by GET status.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ConfirmAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The first wait after a question without a useful answer; it doubles.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RetryCheckAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What the doubling stops at.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxCheckWait { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Answers "no such payment" after which a payment that was applied is put on hold; at least 2.</summary>
    [Range(2, 1_000)]
    public int UnknownAnswersBeforeHold { get; set; } = 12;

    /// <summary>Forged or unreadable bodies kept as evidence per minute and node; the rest is counted only.</summary>
    [Range(0, 10_000)]
    public int RejectedKeptPerMinute { get; set; } = 120;

    /// <summary>Delivery attempts of the messages that an event causes; from 1 to 100.</summary>
    [Range(1, 100)]
    public int MessageMaxAttempts { get; set; } = 8;

    /// <summary>How a receipt is to be sent.</summary>
    public MessageTerms TermsFor(WhatsAppOptions whatsApp) => new(MessageMaxAttempts, whatsApp.ChannelsFor(LedgerStore.PaymentReceived));
}
