using BuatFilm.Core;
using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.Midtrans;

/// <summary>Asks for an order that never was: "there is none" is an answer, and shows that the server key is taken.</summary>
internal sealed class MidtransProbe(MidtransClient midtrans) : IServiceProbe
{
    /// <summary>No order has this id. Should a shop ever choose it, being told of it is an answer too.</summary>
    private const string NoOrder = "buatfilm.probe.no-such-order";

    public ExternalService Service => ExternalService.Midtrans;

    public async Task<ServiceVerdict> ProbeAsync(CancellationToken cancellationToken) => (await midtrans.GetStatusAsync(NoOrder, cancellationToken)).Verdict;
}
