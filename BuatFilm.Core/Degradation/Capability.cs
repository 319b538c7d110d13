namespace BuatFilm.Core.Degradation;

/// <summary>What the shop can do for its customers.</summary>
public enum Capability
{
    /// <summary>Keep an order that a storefront places.</summary>
    AcceptOrders,

    /// <summary>Give a payment page at once.</summary>
    TakePayments,

    SendEmail,
    SendWhatsapp,

    /// <summary>Take and apply what Midtrans reports of payments.</summary>
    ProcessWebhooks,
}

public enum CapabilityState
{
    Works,

    /// <summary>Nothing is lost: it waits, and is done when the service is back.</summary>
    Delayed,

    /// <summary>Not at all.</summary>
    Stopped,
}

/// <summary>How one capability stands.</summary>
/// <param name="Causes">The services that keep it from working, in the order of <see cref="ExternalService"/>; empty while it works, or when it is not set up.</param>
/// <param name="IsConfigured">False for a channel that this shop has not set up.</param>
public sealed record CapabilityStatus(Capability Capability, CapabilityState State, IReadOnlyList<ExternalService> Causes, bool IsConfigured);
