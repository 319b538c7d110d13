using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>Marks what is called on the way as a probe: the breaker trusts it less than work, and lets it be the trial when it is told to.</summary>
internal static class ProbeScope
{
    private static readonly AsyncLocal<bool> Active = new();

    /// <summary>True while a probe is asking.</summary>
    public static bool IsActive => Active.Value;

    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it.</exception>
    public static async Task<ServiceVerdict> AskAsync(IServiceProbe probe, CancellationToken cancellationToken)
    {
        // Seen by what is called from here on, and by nobody else: it ends with this method.
        Active.Value = true;
        return await probe.ProbeAsync(cancellationToken);
    }
}
