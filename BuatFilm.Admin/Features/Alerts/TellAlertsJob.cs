using Hangfire;

namespace BuatFilm.Admin.Features.Alerts;

/// <summary>Tells what is to be told, once a minute: for the day on which the dispatcher of every node has stopped.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class TellAlertsJob(TellAlerts tellAlerts)
{
    public Task ExecuteAsync(CancellationToken cancellationToken) => tellAlerts.ExecuteAsync(cancellationToken);
}
