using System.ComponentModel.DataAnnotations;
using BuatFilm.Core;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>When one breaker opens, and for how long.</summary>
internal sealed class BreakerOptions
{
    /// <summary>The longest one call may take; from 100 ms to 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:02:00")]
    public TimeSpan AttemptTimeout { get; set; }

    /// <summary>The share of failed calls that opens the breaker, above 0 and up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double FailureRatio { get; set; }

    /// <summary>Calls needed within <see cref="SamplingDuration"/> before the ratio counts; at least 2.</summary>
    [Range(2, 10_000)]
    public int MinimumThroughput { get; set; } = 5;

    /// <summary>The window that the ratio looks at; from 500 ms to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00")]
    public TimeSpan SamplingDuration { get; set; }

    /// <summary>How long an open breaker refuses calls, the first time, give or take a fifth; it doubles while trial calls fail. From 500 ms to 1 day.</summary>
    /// <remarks>It may be shorter than <see cref="AttemptTimeout"/>: a call that began before the break has no say in what follows.</remarks>
    [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00")]
    public TimeSpan BreakDuration { get; set; }

    /// <summary>What the doubling stops at; from 500 ms to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00")]
    public TimeSpan MaxBreakDuration { get; set; }

    /// <summary>Outages in a row that open the breaker however long they take to come; at least 2.</summary>
    [Range(2, 10_000)]
    public int ConsecutiveFailures { get; set; } = 5;
}

/// <summary>The settings of all four breakers; the defaults are the specification's, corrected so that they can trip.</summary>
internal sealed class BreakersOptions : IValidatableObject
{
    public const string Section = "Breakers";

    /// <summary>How long nothing is called after a service has refused our credentials or configuration; from 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MisconfiguredPause { get; set; } = TimeSpan.FromMinutes(5);

    public BreakerOptions Midtrans { get; set; } = new() { AttemptTimeout = TimeSpan.FromSeconds(10), FailureRatio = 0.5, SamplingDuration = TimeSpan.FromSeconds(60), BreakDuration = TimeSpan.FromSeconds(60), MaxBreakDuration = TimeSpan.FromMinutes(10) };

    public BreakerOptions Database { get; set; } = new() { AttemptTimeout = TimeSpan.FromSeconds(3), FailureRatio = 0.5, SamplingDuration = TimeSpan.FromSeconds(30), BreakDuration = TimeSpan.FromSeconds(10), MaxBreakDuration = TimeSpan.FromMinutes(1) };

    // The attempt covers connect, EHLO, AUTH (5 s each) and DATA (60 s): cutting after the final dot makes doubles.
    public BreakerOptions Smtp { get; set; } = new() { AttemptTimeout = TimeSpan.FromSeconds(75), FailureRatio = 0.6, SamplingDuration = TimeSpan.FromSeconds(150), BreakDuration = TimeSpan.FromSeconds(120), MaxBreakDuration = TimeSpan.FromMinutes(15) };

    public BreakerOptions WhatsApp { get; set; } = new() { AttemptTimeout = TimeSpan.FromSeconds(8), FailureRatio = 0.7, SamplingDuration = TimeSpan.FromSeconds(90), BreakDuration = TimeSpan.FromSeconds(300), MaxBreakDuration = TimeSpan.FromMinutes(15) };

    public BreakerOptions Of(ExternalService service) => service switch
    {
        ExternalService.Midtrans => Midtrans,
        ExternalService.Database => Database,
        ExternalService.Smtp => Smtp,
        ExternalService.WhatsApp => WhatsApp,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var service in Enum.GetValues<ExternalService>())
        {
            var breaker = Of(service);
            var name = $"{Section}:{service}";
            var mistakes = new List<ValidationResult>();
            if (!Validator.TryValidateObject(breaker, new ValidationContext(breaker), mistakes, validateAllProperties: true))
            {
                foreach (var mistake in mistakes)
                {
                    yield return new ValidationResult($"{name}:{mistake.MemberNames.Single()}: {mistake.ErrorMessage}");
                }
            }

            // A window that holds fewer slow failures than the minimum can never trip under timeouts.
            if (breaker.SamplingDuration < breaker.AttemptTimeout * 2)
            {
                yield return new ValidationResult($"{name}:SamplingDuration ({breaker.SamplingDuration}) is shorter than two attempts ({breaker.AttemptTimeout} each): timeouts would age out before they are counted.");
            }

            if (breaker.MaxBreakDuration < breaker.BreakDuration)
            {
                yield return new ValidationResult($"{name}:MaxBreakDuration ({breaker.MaxBreakDuration}) is shorter than BreakDuration ({breaker.BreakDuration}).");
            }
        }
    }
}
