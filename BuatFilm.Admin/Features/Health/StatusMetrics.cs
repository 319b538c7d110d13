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
                new Measurement<int>(service.Value.Breaker == state ? 1 : 0, new("service", ServiceName.Of(service.Key)), new("state", WireName<BreakerState>.Of(state))))),
            description: "1 for the state that the breaker is in, 0 for the others.");
        _meter.CreateObservableGauge("buatfilm_degradation_level", () => (int)board.Current.Degradation.Level, description: "0 normal, 1 degraded, 2 severe, 3 emergency.");
        _meter.CreateObservableGauge("buatfilm_outbox_pending", () => Outbox(board, figures => figures.Pending), "{message}", "Messages that wait, counted up to 10,001.");
        _meter.CreateObservableGauge("buatfilm_outbox_oldest", () => Outbox(board, figures => figures.Oldest.TotalSeconds), "s", "How long the oldest message is overdue.");
        _meter.CreateObservableGauge("buatfilm_outbox_dead_letters", () => Outbox(board, figures => figures.Dead), "{message}", "Dead letters, counted up to 10,001.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    /// <summary>Nothing until it has been counted once: a zero would be a claim.</summary>
    private static IEnumerable<Measurement<double>> Outbox(StatusBoard board, Func<OutboxFigures, double> figure) =>
        board.Current.Outbox is { } figures ? [new Measurement<double>(figure(figures))] : [];
}
