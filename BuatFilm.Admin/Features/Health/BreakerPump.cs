using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;

namespace BuatFilm.Admin.Features.Health;

/// <summary>Carries every change of a breaker to the board. Memory first: pages know of an outage even when the database is what broke.</summary>
internal sealed class BreakerPump(ServicePipelines pipelines, StatusBoard board, ILogger<BreakerPump> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in pipelines.Changes.ReadAllAsync(stoppingToken))
        {
            board.Publish(snapshot => snapshot.WithBreaker(change.Service, change.State, change.At, change.RetryAt));
            logger.LogInformation("The breaker of {Service} is {State}; next trial at {RetryAt}.", change.Service, change.State, change.RetryAt);
        }
    }
}
