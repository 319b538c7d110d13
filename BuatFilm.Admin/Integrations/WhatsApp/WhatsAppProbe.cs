using BuatFilm.Core;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.WhatsApp;

/// <summary>Asks WhatsApp for our own number, which changes nothing and costs nothing.</summary>
internal sealed class WhatsAppProbe(WhatsAppClient client) : IServiceProbe
{
    public ExternalService Service => ExternalService.WhatsApp;

    public async Task<ServiceVerdict> ProbeAsync(CancellationToken cancellationToken) => (await client.LookUpNumberAsync(cancellationToken)).Verdict;
}
