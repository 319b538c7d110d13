using BuatFilm.Core;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.Smtp;

/// <summary>Connects, greets, signs in and says NOOP, on a connection of its own: one that waits would hide that no new one is taken.</summary>
internal sealed class SmtpProbe(SmtpMailer mailer) : IServiceProbe
{
    public ExternalService Service => ExternalService.Smtp;

    public async Task<ServiceVerdict> ProbeAsync(CancellationToken cancellationToken) => (await mailer.ProbeAsync(cancellationToken)).Verdict;
}
