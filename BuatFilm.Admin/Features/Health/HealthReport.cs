using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Features.Health;

/// <summary>The answer of <c>GET /health</c>.</summary>
/// <param name="Status"><c>pass</c>, <c>warn</c> (a fallback is at work) or <c>fail</c> (nothing can be stored, or nearly everything is down).</param>
/// <param name="Uptime">Whole seconds since the start.</param>
/// <param name="Services">Null for callers who may not see details.</param>
/// <param name="Capabilities">The same.</param>
internal sealed record HealthReport(
    string Status,
    string Degradation,
    DateTimeOffset Timestamp,
    long Uptime,
    IReadOnlyDictionary<string, ServiceReport>? Services,
    IReadOnlyDictionary<string, CapabilityHealth>? Capabilities)
{
    /// <summary>The drains go round, and Hangfire plans a sweep, every few seconds; after this long without a sign they count as stopped.</summary>
    private static readonly TimeSpan WorkerSilence = TimeSpan.FromSeconds(30);

    public static HealthReport Of(StatusSnapshot snapshot, DateTimeOffset now, bool withDetails) => new(
        StatusOf(snapshot.Degradation.Level),
        WireName<DegradationLevel>.Of(snapshot.Degradation.Level),
        now,
        (long)(now - snapshot.Node.StartedAt).TotalSeconds,
        withDetails ? Details(snapshot, now) : null,
        withDetails ? snapshot.Capabilities.ToDictionary(capability => WireName<Capability>.Of(capability.Capability), CapabilityHealth.Of) : null);

    private static string StatusOf(DegradationLevel level) => level switch
    {
        DegradationLevel.Normal => "pass",
        DegradationLevel.Degraded => "warn",
        DegradationLevel.Severe => "warn",
        DegradationLevel.Emergency => "fail",
    };

    private static Dictionary<string, ServiceReport> Details(StatusSnapshot snapshot, DateTimeOffset now)
    {
        var services = snapshot.Services.ToDictionary(
            service => ServiceName.Of(service.Key),
            service => new ServiceReport(
                WireName<ServiceHealth>.Of(service.Value.Health),
                WireName<BreakerState>.Of(service.Value.Breaker),
                service.Value.Since,
                service.Value.CheckedAt));
        services["worker"] = Worker(snapshot, now);

        return services;
    }

    /// <summary>As bad as its worst part: a channel that stopped is not made up for by one that works, nor Hangfire by the drains.</summary>
    private static ServiceReport Worker(StatusSnapshot snapshot, DateTimeOffset now)
    {
        if (snapshot.DrainBeats.IsEmpty)
        {
            return new ServiceReport(WireName<ServiceHealth>.Of(ServiceHealth.Unknown), null, null, null);
        }

        // Before Hangfire's first sweep was seen, the start stands for it.
        var oldest = snapshot.DrainBeats.Values.Append(snapshot.SweptAt ?? snapshot.Node.StartedAt).Min();
        var health = now - oldest <= WorkerSilence ? ServiceHealth.Healthy : ServiceHealth.Unhealthy;

        return new ServiceReport(WireName<ServiceHealth>.Of(health), null, null, oldest);
    }
}

/// <summary>One service in <see cref="HealthReport"/>.</summary>
/// <param name="Status"><c>healthy</c>, <c>unhealthy</c> or <c>unknown</c>.</param>
/// <param name="Breaker">Null for the worker, which has none.</param>
internal sealed record ServiceReport(string Status, string? Breaker, DateTimeOffset? Since, DateTimeOffset? CheckedAt);

/// <summary>One capability in <see cref="HealthReport"/>.</summary>
/// <param name="State"><c>works</c>, <c>delayed</c> or <c>stopped</c>.</param>
/// <param name="Causes">The services that keep it from working; empty while it works, or when it is not set up.</param>
internal sealed record CapabilityHealth(string State, IReadOnlyList<string> Causes)
{
    public static CapabilityHealth Of(CapabilityStatus status) => new(WireName<CapabilityState>.Of(status.State), [.. status.Causes.Select(ServiceName.Of)]);
}
