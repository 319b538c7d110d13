using Hangfire;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Asks the services that nobody has asked lately. The prober does so by itself; this is the second pair of eyes.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class ProbeServicesJob(ServiceProber prober)
{
    public Task ExecuteAsync(CancellationToken cancellationToken) => prober.AskStaleAsync(cancellationToken);
}
