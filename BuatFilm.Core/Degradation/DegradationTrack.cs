using System.Collections.Immutable;
using BuatFilm.Core.Health;

namespace BuatFilm.Core.Degradation;

/// <summary>The level as it is reported, and what must be remembered so that a service that comes and goes is one outage.</summary>
/// <remarks>
/// It gets worse at once, and better at once. Only a service that flaps stays down in this view until it has been well
/// for the hold. So the level is never better than the truth, and worse only while something flaps.
/// </remarks>
public sealed record DegradationTrack
{
    private DegradationTrack(DateTimeOffset now)
    {
        Since = now;
    }

    public DegradationLevel Level { get; private init; }

    /// <summary>Since when the level holds; a relapse into it within the hold does not start it anew.</summary>
    public DateTimeOffset Since { get; private init; }

    /// <summary>The services that count as down, in the order of <see cref="ExternalService"/>.</summary>
    public ImmutableArray<ExternalService> Causes { get; private init; } = [];

    /// <summary>Those among the causes that answer at the moment, but flap.</summary>
    public ImmutableArray<ExternalService> Held { get; private init; } = [];

    /// <summary>The outage under way; it ends when the level has been normal for the hold. Null in calm times.</summary>
    public Outage? Outage { get; private init; }

    private ImmutableSortedDictionary<ExternalService, ServiceTrack> Services { get; init; } =
        Enum.GetValues<ExternalService>().ToImmutableSortedDictionary(service => service, _ => ServiceTrack.Fresh);

    private Relief? LastRelief { get; init; }

    /// <summary>Nothing has been down.</summary>
    public static DegradationTrack From(DateTimeOffset now) => new(now);

    /// <summary>What follows from the services' health at this moment. To be asked also when nothing changed: holds end by time alone.</summary>
    /// <param name="services">What is known of each service; one that is missing is unknown.</param>
    public DegradationTrack After(IReadOnlyDictionary<ExternalService, ServiceHealth> services, DateTimeOffset now, DegradationRule rule)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(rule);

        var tracks = Services.ToImmutableSortedDictionary(
            pair => pair.Key,
            pair => pair.Value.After(services.GetValueOrDefault(pair.Key, ServiceHealth.Unknown), now, rule));
        var held = tracks.Where(pair => pair.Value.IsHeld(now, rule)).Select(pair => pair.Key).ToImmutableArray();
        var verdict = DegradationRules.LevelOf(tracks.Select(pair => KeyValuePair.Create(
            pair.Key,
            pair.Value.IsDown || held.Contains(pair.Key) ? ServiceHealth.Unhealthy : ServiceHealth.Healthy)));

        return this with
        {
            Level = verdict.Level,
            Since = SinceOf(verdict.Level, now, rule),
            Causes = [.. verdict.Causes],
            Held = held,
            Outage = OutageAfter(verdict, now, rule),
            Services = tracks,
            LastRelief = verdict.Level < Level ? new Relief(Level, Since, now) : LastRelief,
        };
    }

    private DateTimeOffset SinceOf(DegradationLevel level, DateTimeOffset now, DegradationRule rule)
    {
        if (level == Level)
        {
            return Since;
        }

        return level > Level && LastRelief is { } relief && relief.From == level && now - relief.At < rule.RecoveryHold ? relief.Since : now;
    }

    private Outage? OutageAfter(DegradationVerdict verdict, DateTimeOffset now, DegradationRule rule)
    {
        if (verdict.Level == DegradationLevel.Normal)
        {
            var calmSince = Outage?.CalmSince ?? now;
            return Outage is null || now - calmSince >= rule.RecoveryHold ? null : Outage with { CalmSince = calmSince };
        }

        if (Outage is null)
        {
            return new Outage(now, verdict.Level, [.. verdict.Causes], null);
        }

        return Outage with
        {
            Worst = verdict.Level > Outage.Worst ? verdict.Level : Outage.Worst,
            Services = [.. Outage.Services.Union(verdict.Causes).Order()],
            CalmSince = null,
        };
    }

    /// <summary>The last time that the level became better: what it was, since when, and when that ended.</summary>
    private sealed record Relief(DegradationLevel From, DateTimeOffset Since, DateTimeOffset At);
}

/// <summary>One time of trouble, from the first service that went down until all has been well for the hold.</summary>
/// <param name="Worst">The worst level so far.</param>
/// <param name="Services">Every service that was down in it.</param>
/// <param name="CalmSince">Since when the level is normal again; null while it is not.</param>
public sealed record Outage(DateTimeOffset Since, DegradationLevel Worst, ImmutableArray<ExternalService> Services, DateTimeOffset? CalmSince);
