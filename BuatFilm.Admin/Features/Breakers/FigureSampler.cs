using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Looks at the calls of all breakers once a second, and tells the board when anything differs: once a node, however many pages are open.</summary>
internal sealed class FigureSampler(ServicePipelines pipelines, StatusBoard board, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            Sample();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal void Sample()
    {
        var figures = pipelines.All.Select(pipeline => (pipeline.Service, Figures: pipeline.Snapshot())).ToList();
        board.Publish(snapshot => figures
            .Where(looked => !looked.Figures.IsSameAs(snapshot[looked.Service].Figures))
            .Aggregate(snapshot, (all, looked) => all.WithFigures(looked.Service, looked.Figures)));
    }
}
