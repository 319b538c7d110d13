using System.ComponentModel.DataAnnotations;

namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>How long keys are kept and held.</summary>
internal sealed class IdempotencyOptions
{
    public const string Section = "Idempotency";

    /// <summary>How long an answer is replayed, counted from the answer; from 24 h to 365 days. It outlasts a weekend and a Monday.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00", ParseLimitsInInvariantCulture = true, ErrorMessage = "Idempotency:Retention must be between 1.00:00:00 (24 h) and 365.00:00:00.")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(72);

    /// <summary>How long one run holds a key; from 5 s to 5 min, and longer than the slowest call within.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00", ParseLimitsInInvariantCulture = true, ErrorMessage = "Idempotency:Lease must be between 00:00:05 and 00:05:00.")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);
}
