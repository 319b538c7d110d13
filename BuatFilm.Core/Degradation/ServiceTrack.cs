using System.Collections.Immutable;
using BuatFilm.Core.Health;

namespace BuatFilm.Core.Degradation;

/// <summary>How one service came and went, as far as it is needed to know whether it flaps.</summary>
/// <param name="Falls">When it went down, oldest first: those that lay within the window when the last was added.</param>
/// <param name="WellSince">Since when it is not down; null while it is, and before it ever was.</param>
internal sealed record ServiceTrack(bool IsDown, ImmutableArray<DateTimeOffset> Falls, DateTimeOffset? WellSince)
{
    public static ServiceTrack Fresh { get; } = new(false, [], null);

    public ServiceTrack After(ServiceHealth health, DateTimeOffset now, DegradationRule rule)
    {
        if (health != ServiceHealth.Unhealthy)
        {
            return IsDown ? this with { IsDown = false, WellSince = now } : this;
        }

        // No more than the limit are kept: further ones would say the same.
        return IsDown ? this : new ServiceTrack(true, [.. Falls.Where(fall => now - fall < rule.FlapWindow).TakeLast(rule.FlapLimit - 1), now], null);
    }

    /// <summary>True when it answers, but has come and gone too often lately for anybody to rely on it.</summary>
    public bool IsHeld(DateTimeOffset now, DegradationRule rule) =>
        WellSince is { } well && Falls.Length >= rule.FlapLimit && now - well < rule.RecoveryHold;
}
