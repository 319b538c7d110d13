using System.Diagnostics.Metrics;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;

namespace BuatFilm.Admin.Features.Health;

/// <summary>What the board knows, as figures for a monitor.</summary>
internal sealed class StatusMetrics : IHostedService, IDisposable
{
    public const string MeterName = "BuatFilm.Status";

    private readonly Meter _meter = new(MeterName);

    public StatusMetrics(StatusBoard board)
    {
        _meter.CreateObservableGauge(
            "buatfilm_breaker_state",
            () => board.Current.Services.SelectMany(service => Enum.GetValues<BreakerState>().Select(state =>
                new Measurement<int>(service.Value.Breaker == state ? 1 : 0, Service(service.Key), new("state", WireName<BreakerState>.Of(state))))),
            description: "1 for the state that the breaker is in, 0 for the others.");
        _meter.CreateObservableGauge(
            "buatfilm_breaker_mode",
            () => board.Current.Services.SelectMany(service => Enum.GetValues<BreakerMode>().Select(mode =>
                new Measurement<int>(service.Value.Mode == mode ? 1 : 0, Service(service.Key), new("mode", WireName<BreakerMode>.Of(mode))))),
            description: "1 for who decides over the breaker, 0 for the others.");
        _meter.CreateObservableGauge("buatfilm_breaker_failure_ratio", () => Figures(board, figures => figures.Recent.FailureRatio), description: "The share of calls that failed, within the breaker's window.");
        _meter.CreateObservableGauge("buatfilm_breaker_outages_in_a_row", () => Figures(board, figures => figures.OutagesInARow), description: "Outages without an answer in between.");
        _meter.CreateObservableGauge("buatfilm_breaker_in_flight", () => Figures(board, figures => figures.InFlight), "{call}", "Calls under way.");
        _meter.CreateObservableGauge(
            "buatfilm_breaker_recent_calls",
            () => Calls(board, figures => figures.Recent),
            "{call}",
            "Calls within the breaker's window, by how they ended; short_circuited ones were refused by the breaker.");
        _meter.CreateObservableCounter("buatfilm_breaker_calls", () => Calls(board, figures => figures.Total), "{call}", "Calls since the start, by how they ended.");
        _meter.CreateObservableGauge(
            "buatfilm_breaker_latency",
            () => board.Current.Services.SelectMany(service => Quantiles(service.Value.Figures)
                .Select(quantile => new Measurement<double>(quantile.Latency.TotalSeconds, Service(service.Key), new("quantile", quantile.Name)))),
            "s",
            "How long calls took within the breaker's window, to an eighth.");
        _meter.CreateObservableGauge(
            "buatfilm_service_misconfigured",
            () => board.Current.Services.Select(service => new Measurement<int>(service.Value.Fault is null ? 0 : 1, Service(service.Key))),
            description: "1 while the service refuses our credentials or configuration.");
        _meter.CreateObservableGauge("buatfilm_degradation_level", () => (int)board.Current.Degradation.Level, description: "0 normal, 1 degraded, 2 severe, 3 emergency.");
        _meter.CreateObservableGauge("buatfilm_outbox_pending", () => Outbox(board, figures => figures.Pending), "{message}", "Messages that wait, counted up to 10,001.");
        _meter.CreateObservableGauge("buatfilm_outbox_oldest", () => Outbox(board, figures => figures.Oldest.TotalSeconds), "s", "How long the oldest message is overdue.");
        _meter.CreateObservableGauge("buatfilm_outbox_dead_letters", () => Outbox(board, figures => figures.Dead), "{message}", "Dead letters, counted up to 10,001.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Service(ExternalService service) => new("service", ServiceName.Of(service));

    private static IEnumerable<Measurement<double>> Figures(StatusBoard board, Func<CallFigures, double> figure) => board.Current.Services
        .Where(service => service.Value.Figures is not null)
        .Select(service => new Measurement<double>(figure(service.Value.Figures!), Service(service.Key)));

    private static IEnumerable<Measurement<long>> Calls(StatusBoard board, Func<CallFigures, CallCounts> counts) => board.Current.Services
        .Where(service => service.Value.Figures is not null)
        .SelectMany(service => Enum.GetValues<CallKind>().Select(kind =>
            new Measurement<long>(counts(service.Value.Figures!).Of(kind), Service(service.Key), new("outcome", WireName<CallKind>.Of(kind)))));

    private static IEnumerable<(string Name, TimeSpan Latency)> Quantiles(CallFigures? figures)
    {
        if (figures is { P50: { } p50, P95: { } p95, P99: { } p99 })
        {
            yield return ("0.5", p50);
            yield return ("0.95", p95);
            yield return ("0.99", p99);
        }
    }

    /// <summary>Nothing until it has been counted once: a zero would be a claim.</summary>
    private static IEnumerable<Measurement<double>> Outbox(StatusBoard board, Func<OutboxFigures, double> figure) =>
        board.Current.Outbox is { } figures ? [new Measurement<double>(figure(figures))] : [];
}
