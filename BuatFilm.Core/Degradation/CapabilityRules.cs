using BuatFilm.Core.Health;

namespace BuatFilm.Core.Degradation;

/// <summary>What each service is needed for.</summary>
public static class CapabilityRules
{
    /// <summary>Every capability, in the order of <see cref="Capability"/>.</summary>
    /// <param name="healthOf">A service of which nothing is known hinders nothing.</param>
    /// <param name="isConfigured">False for a service that this shop does without.</param>
    public static IReadOnlyList<CapabilityStatus> Of(Func<ExternalService, ServiceHealth> healthOf, Func<ExternalService, bool> isConfigured)
    {
        ArgumentNullException.ThrowIfNull(healthOf);
        ArgumentNullException.ThrowIfNull(isConfigured);

        return [.. Enum.GetValues<Capability>().Select(capability => Of(capability, healthOf, isConfigured))];
    }

    private static CapabilityStatus Of(Capability capability, Func<ExternalService, ServiceHealth> healthOf, Func<ExternalService, bool> isConfigured)
    {
        var service = ServiceOf(capability);
        if (service is { } needed && !isConfigured(needed))
        {
            return new CapabilityStatus(capability, CapabilityState.Stopped, [], IsConfigured: false);
        }

        // Everything begins and ends in the database; without the other service, what it would do waits there.
        ExternalService[] causes = [.. new[] { service, ExternalService.Database }.OfType<ExternalService>().Where(IsDown).Order()];
        var state = causes switch
        {
            [] => CapabilityState.Works,
            _ when causes.Contains(ExternalService.Database) => CapabilityState.Stopped,
            _ => CapabilityState.Delayed,
        };

        return new CapabilityStatus(capability, state, causes, IsConfigured: true);

        bool IsDown(ExternalService candidate) => healthOf(candidate) == ServiceHealth.Unhealthy;
    }

    /// <summary>What it takes beside the database.</summary>
    private static ExternalService? ServiceOf(Capability capability) => capability switch
    {
        Capability.AcceptOrders => null,
        Capability.TakePayments => ExternalService.Midtrans,
        Capability.SendEmail => ExternalService.Smtp,
        Capability.SendWhatsapp => ExternalService.WhatsApp,

        // Midtrans calls us: what it reports is stored and, where its signature proves it, applied while we cannot reach it.
        Capability.ProcessWebhooks => null,
    };
}
