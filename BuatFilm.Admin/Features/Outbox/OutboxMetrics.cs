using System.Diagnostics.Metrics;
using BuatFilm.Core;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Features.Outbox;

/// <summary>How attempts to deliver ended.</summary>
internal static class OutboxMetrics
{
    public const string MeterName = "BuatFilm.Outbox";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("buatfilm_outbox_attempts", "{attempt}", "Attempts to deliver, by channel and result.");

    /// <param name="counted">False when another run had taken the message over.</param>
    public static void Ended(Channel channel, Completion completion, bool counted) => Attempts.Add(
        1,
        new("channel", WireName<Channel>.Of(channel)),
        new("result", counted ? WireName<DeliveryResult>.Of(completion.Outcome.Result) : "fenced"));
}
