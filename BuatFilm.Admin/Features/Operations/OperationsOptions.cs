using System.ComponentModel.DataAnnotations;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Operations;

/// <summary>How bulk work is planned and run.</summary>
internal sealed class OperationsOptions : IValidatableObject
{
    public const string Section = "Operations";

    /// <summary>How long a start can be undone before the first item leaves, unless whoever starts it says otherwise; programs do. Up to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan UndoWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a plan may wait for its start; from 1 min to 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan PlanLifetime { get; set; } = TimeSpan.FromHours(1);

    public RequeueRates RequeuePerSecond { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, rate) in new[] { (nameof(RequeueRates.Email), RequeuePerSecond.Email), (nameof(RequeueRates.WhatsApp), RequeuePerSecond.WhatsApp), (nameof(RequeueRates.Webhook), RequeuePerSecond.Webhook) })
        {
            if (rate is < 1 or > 10_000)
            {
                yield return new ValidationResult($"Operations:RequeuePerSecond:{name} must be from 1 to 10000.");
            }
        }
    }
}

/// <summary>Messages that fall due each second when many are requeued at once, from 1 to 10,000: a bulk retry must be no herd, and leave room for new messages.</summary>
internal sealed class RequeueRates
{
    public int Email { get; set; } = 50;

    public int WhatsApp { get; set; } = 20;

    public int Webhook { get; set; } = 20;

    public int Of(Channel channel) => channel switch
    {
        Channel.Email => Email,
        Channel.Whatsapp => WhatsApp,
        Channel.Webhook => Webhook,
    };
}
