using BuatFilm.Admin.Live;

namespace BuatFilm.Admin.Features.Health;

/// <summary>Says "not ready" the moment the process is told to stop, before it stops answering: load balancers need the warning.</summary>
internal sealed class DrainingFlag(StatusBoard board, IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private CancellationTokenRegistration _registration;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registration = lifetime.ApplicationStopping.Register(() => board.Publish(snapshot => snapshot with { IsDraining = true }));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registration.Dispose();
}
