using System.Net;

namespace BuatFilm.Admin.Sandbox.Deliveries;

/// <summary>How often and how soon a delivery is repeated.</summary>
/// <remarks>
/// Midtrans' table of answers and repeats, but with seconds where Midtrans waits minutes, and with a longer breath where the app
/// could not take the delivery at all.
/// </remarks>
internal static class RetryPlan
{
    /// <summary>How long a delivery that the app cannot take is repeated.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(20),
    ];

    /// <summary>The wait before the next attempt.</summary>
    /// <param name="attempts">Attempts made, from 1.</param>
    public static TimeSpan WaitAfter(int attempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);

        return Waits[Math.Min(attempts, Waits.Length) - 1];
    }

    /// <summary>Whether another attempt follows.</summary>
    /// <param name="status">The app's answer; null when none came.</param>
    /// <param name="attempts">Attempts made, from 1.</param>
    /// <param name="since">The time since the first of them.</param>
    public static bool Continues(HttpStatusCode? status, int attempts, TimeSpan since) => (int?)status switch
    {
        >= 200 and < 300 => false,
        301 or 302 or 303 => false,
        null or 429 or 502 or 503 or 504 => since < Patience,
        500 => attempts <= 1,
        400 or 404 => attempts <= 2,
        _ => attempts <= 5,
    };
}
