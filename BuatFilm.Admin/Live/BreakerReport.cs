using System.Text.Json;
using System.Text.Json.Serialization;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Live;

/// <summary>One breaker of one node, as the node reports it to the others and to programs. Words are wire names, durations milliseconds.</summary>
/// <param name="OverrideRevision">The operator's wish that this node has applied; 0 for none.</param>
public sealed record BreakerReport(
    string State,
    string Mode,
    string Health,
    DateTimeOffset? Since,
    DateTimeOffset? RetryAt,
    DateTimeOffset? CheckedAt,
    FaultReport? Fault,
    long OverrideRevision,
    FiguresReport? Figures)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static BreakerReport Of(ServiceStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);

        return new(
            WireName<BreakerState>.Of(status.Breaker),
            WireName<BreakerMode>.Of(status.Mode),
            WireName<ServiceHealth>.Of(status.Health),
            status.Since,
            status.RetryAt,
            status.CheckedAt,
            status.Fault is { } fault ? new FaultReport(fault.Class, fault.Since, fault.PausedUntil) : null,
            status.Override?.Revision ?? 0,
            status.Figures is { } figures ? FiguresReport.Of(figures) : null);
    }

    /// <summary>What <c>node_status.breakers</c> holds: the reports by the services' lower-case names.</summary>
    public static string ToJson(StatusSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);

        return JsonSerializer.Serialize(snapshot.Services.ToDictionary(service => ServiceName.Of(service.Key), service => Of(service.Value)), Json);
    }

    /// <summary>Reads it back.</summary>
    /// <returns>Nothing for what another version may have written otherwise.</returns>
    public static IReadOnlyDictionary<string, BreakerReport> OfJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, BreakerReport>>(json, Json) ?? [];
        }
        catch (JsonException)
        {
            return new Dictionary<string, BreakerReport>();
        }
    }
}

/// <param name="Class">Such as <c>auth</c> or <c>http_401</c>.</param>
public sealed record FaultReport(string Class, DateTimeOffset Since, DateTimeOffset? PausedUntil);

/// <summary>The calls within the breaker's window.</summary>
/// <param name="Calls">Those that say whether the service works: successes, refusals, failures.</param>
/// <param name="Failures">Outages, time-outs and throttled ones.</param>
public sealed record FiguresReport(
    long WindowMs,
    long Calls,
    long Failures,
    double FailureRatio,
    int OutagesInARow,
    long Successes,
    long Refusals,
    long Outages,
    long TimedOut,
    long Throttled,
    long Misconfigured,
    long Cancelled,
    long ShortCircuited,
    long Internal,
    int InFlight,
    double? P50Ms,
    double? P95Ms,
    double? P99Ms,
    ShadowReport? Shadow)
{
    public static FiguresReport Of(CallFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);

        var recent = figures.Recent;
        return new(
            (long)figures.Window.TotalMilliseconds,
            recent.Decisive,
            recent.Failures,
            Math.Round(recent.FailureRatio, 4),
            figures.OutagesInARow,
            recent.Successes,
            recent.Refusals,
            recent.Outages,
            recent.TimedOut,
            recent.Throttled,
            recent.Misconfigured,
            recent.Cancelled,
            recent.ShortCircuited,
            recent.Internal,
            figures.InFlight,
            figures.P50?.TotalMilliseconds,
            figures.P95?.TotalMilliseconds,
            figures.P99?.TotalMilliseconds,
            figures.Shadow is { } shadow ? new ShadowReport(WireName<BreakerState>.Of(shadow.State), shadow.TimesOpened, shadow.WouldHaveRefused) : null);
    }
}

/// <summary>What a breaker that only watches would have done.</summary>
public sealed record ShadowReport(string State, long TimesOpened, long WouldHaveRefused);
