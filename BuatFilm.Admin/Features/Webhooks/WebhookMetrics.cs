using System.Diagnostics.Metrics;
using BuatFilm.Core;
using BuatFilm.Core.Webhooks;

namespace BuatFilm.Admin.Features.Webhooks;

/// <summary>How many notifications came, and what became of them.</summary>
internal static class WebhookMetrics
{
    public const string MeterName = "BuatFilm.Webhooks";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Notifications = Meter.CreateCounter<long>("buatfilm_notifications", "{notification}", "Notifications of Midtrans by outcome.");
    private static readonly Counter<long> Found = Meter.CreateCounter<long>("buatfilm_payments_found_by_poll", "{event}", "News of payments that no notification had told, by outcome.");

    public static void Received(EventOutcome outcome) => Notifications.Add(1, new KeyValuePair<string, object?>("outcome", WireName<EventOutcome>.Of(outcome)));

    /// <summary>Counts news that GET status told and no notification had.</summary>
    public static void FoundByPoll(EventOutcome outcome) => Found.Add(1, new KeyValuePair<string, object?>("outcome", WireName<EventOutcome>.Of(outcome)));

    public static void Rejected(string reason) => Notifications.Add(1, new KeyValuePair<string, object?>("outcome", reason));

    public static void Refused() => Rejected("too_many_waiting");
}
