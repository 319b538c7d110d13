using System.ComponentModel.DataAnnotations;
using BuatFilm.Core.Outbox;
using BuatFilm.Core.Retries;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>How messages are delivered.</summary>
internal sealed class OutboxOptions : IValidatableObject
{
    public const string Section = "Outbox";

    /// <summary>Messages claimed by one statement at the most; from 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int BatchSize { get; set; } = 100;

    /// <summary>How long a claimed message belongs to its node. Longer than a whole delivery (75 s for mail) and 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>The last moment at which a claimed message may still be started: the lease less this.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DeliveryAllowance { get; set; } = TimeSpan.FromSeconds(80);

    /// <summary>The age up to which an outage of its service costs a message no attempt; from zero to 30 days. Above that age, a failure is a failure.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan OutageGrace { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How long a message is kept that was delivered, counted from when it was made; from 7 days to 10 years.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepSent { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a dead letter may be requeued; from 7 days to 10 years.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepDead { get; set; } = TimeSpan.FromDays(180);

    public BackoffOptions Backoff { get; set; } = new();

    public ChannelsOptions Channels { get; set; } = new();

    /// <param name="hasService">False for a channel without a breaker: nothing tells an outage there from an address that is wrong.</param>
    public DeliveryPolicy PolicyOf(bool hasService) => new(new Backoff(Backoff.Base, Backoff.Cap), hasService ? OutageGrace : TimeSpan.Zero);

    public ChannelOptions Of(Channel channel) => channel switch
    {
        Channel.Email => Channels.Email,
        Channel.Whatsapp => Channels.WhatsApp,
        Channel.Webhook => Channels.Webhook,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LeaseDuration <= DeliveryAllowance)
        {
            yield return new ValidationResult($"Outbox:LeaseDuration ({LeaseDuration}) must be longer than Outbox:DeliveryAllowance ({DeliveryAllowance}): another node would send what this one is sending.");
        }

        if (Backoff.Base <= TimeSpan.Zero || Backoff.Cap < Backoff.Base || Backoff.Cap > TimeSpan.FromDays(7))
        {
            yield return new ValidationResult($"Outbox:Backoff: Base ({Backoff.Base}) must be above zero and Cap ({Backoff.Cap}) between Base and 7 days.");
        }

        foreach (var (name, channel) in new[] { (nameof(Channels.Email), Channels.Email), (nameof(Channels.WhatsApp), Channels.WhatsApp), (nameof(Channels.Webhook), Channels.Webhook) })
        {
            if (channel.Concurrency is < 1 or > 256)
            {
                yield return new ValidationResult($"Outbox:Channels:{name}:Concurrency must be from 1 to 256.");
            }
        }
    }
}

/// <summary>The waits between attempts: half to all of Base, 2 × Base, 4 × Base, … up to Cap.</summary>
internal sealed class BackoffOptions
{
    public TimeSpan Base { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan Cap { get; set; } = TimeSpan.FromHours(4);
}

internal sealed class ChannelsOptions
{
    public ChannelOptions Email { get; set; } = new();

    public ChannelOptions WhatsApp { get; set; } = new();

    public ChannelOptions Webhook { get; set; } = new() { Concurrency = 2 };
}

internal sealed class ChannelOptions
{
    /// <summary>Deliveries under way at once in this channel and node; from 1 to 256.</summary>
    public int Concurrency { get; set; } = 8;
}
