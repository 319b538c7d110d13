using System.ComponentModel.DataAnnotations;
using BuatFilm.Core.Retries;

namespace BuatFilm.Admin.Features.Orders;

/// <summary>How orders get their payment pages.</summary>
internal sealed class OrdersOptions : IValidatableObject
{
    public const string Section = "Orders";

    /// <summary>How long a create may hold its session: longer than an attempt at Midtrans, and shorter than Idempotency:Lease, so that whoever takes a dead request over finds the session free. From 15 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:15", "00:05:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>The first wait of a queued order before Midtrans is asked again; it doubles.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>What the doubling stops at.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Queued orders that are tried at once; from 1 to 64.</summary>
    [Range(1, 64)]
    public int ConcurrentCreates { get; set; } = 4;

    /// <summary>Delivery attempts of the payment link; from 1 to 100.</summary>
    [Range(1, 100)]
    public int MessageMaxAttempts { get; set; } = 8;

    public Backoff Backoff => new(RetryAfter, MaxRetryAfter);

    /// <summary>The wait before the next create: what was asked of us, when it is longer than our own, and never longer than <see cref="MaxRetryAfter"/>: when Midtrans is back, the wait ends anyway.</summary>
    public TimeSpan WaitOf(TimeSpan own, TimeSpan? asked)
    {
        var wait = asked is { } told && told > own ? told : own;
        return wait < MaxRetryAfter ? wait : MaxRetryAfter;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxRetryAfter < RetryAfter)
        {
            yield return new ValidationResult($"Orders:MaxRetryAfter ({MaxRetryAfter}) is shorter than Orders:RetryAfter ({RetryAfter}).");
        }
    }
}
