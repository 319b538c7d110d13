using System.Collections.Immutable;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Admin.Live;

/// <summary>Everything that pages and probes show of this node, at one moment. It never changes; the board replaces it.</summary>
public sealed record StatusSnapshot
{
    /// <summary>Nothing known yet.</summary>
    public static StatusSnapshot Empty { get; } = new();

    public NodeIdentity Node { get; init; } = new(Guid.Empty, "", default);

    /// <summary>When the board last took news.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Every service, known or not.</summary>
    public ImmutableSortedDictionary<ExternalService, ServiceStatus> Services { get; init; } =
        Enum.GetValues<ExternalService>().ToImmutableSortedDictionary(service => service, _ => ServiceStatus.Unknown);

    /// <summary>Services that this shop has not set up; it does without them.</summary>
    public ImmutableHashSet<ExternalService> NotConfigured { get; init; } = [];

    /// <summary>Derived by the board from <see cref="Services"/>; what a publisher writes here is overwritten.</summary>
    public DegradationStatus Degradation { get; init; } = new(DegradationLevel.Normal, default, []);

    /// <summary>What the shop can do for its customers, each once; derived by the board like <see cref="Degradation"/>.</summary>
    public ImmutableArray<CapabilityStatus> Capabilities { get; init; } =
        [.. CapabilityRules.Of(_ => ServiceHealth.Unknown, _ => true)];

    /// <summary>True once this build's migrations are known to be applied.</summary>
    public bool IsMigrated { get; init; }

    /// <summary>True from the moment the process is told to stop.</summary>
    public bool IsDraining { get; init; }

    /// <summary>The last sign of life of each channel's drain on this node; a channel that never drained is missing.</summary>
    public ImmutableSortedDictionary<Channel, DateTimeOffset> DrainBeats { get; init; } =
        ImmutableSortedDictionary<Channel, DateTimeOffset>.Empty;

    /// <summary>When this node last saw that Hangfire, on whichever node, had planned another sweep of the outbox; null before the first.</summary>
    public DateTimeOffset? SweptAt { get; init; }

    /// <summary>Null until first counted.</summary>
    public OutboxFigures? Outbox { get; init; }

    /// <summary>Alerts that last and that nobody has taken on, counted up to <see cref="OutboxFigures.CountedUpTo"/>; null until first counted.</summary>
    public long? WaitingAlerts { get; init; }

    /// <summary>The other nodes that are alive, and what they report.</summary>
    public ClusterStatus Cluster { get; init; } = ClusterStatus.Alone;

    /// <summary>The name of this run: as it stands in the database or, before it has one there, its own.</summary>
    public Guid SelfId => Cluster.SelfId == Guid.Empty ? Node.Id : Cluster.SelfId;

    public ServiceStatus this[ExternalService service] => Services[service];

    /// <summary>True when at least one service has been called or checked.</summary>
    public bool IsAnythingKnown => Services.Values.Any(service => service.Health != ServiceHealth.Unknown);

    /// <summary>The breaker took a state. Closing is also news of health: the trial call succeeded.</summary>
    /// <param name="isNewsOfHealth">False when it closed for another reason.</param>
    public StatusSnapshot WithBreaker(ExternalService service, BreakerState state, DateTimeOffset at, DateTimeOffset? retryAt, bool isNewsOfHealth = true)
    {
        var before = Services[service];
        var status = before with { Breaker = state, RetryAt = retryAt };
        status = state == BreakerState.Closed && isNewsOfHealth ? status with { Probed = ServiceHealth.Healthy, CheckedAt = at } : status;
        return With(service, before.Since is null || state != before.Breaker || status.Health != before.Health ? status with { Since = at } : status);
    }

    /// <summary>Who decides over the breaker, and what the service refuses of ours.</summary>
    public StatusSnapshot WithMode(ExternalService service, BreakerMode mode, ServiceFault? fault) =>
        With(service, Services[service] with { Mode = mode, Fault = fault });

    /// <summary>An operator's wish was applied, or is over.</summary>
    public StatusSnapshot WithOverride(ExternalService service, OverrideStatus? wish) =>
        With(service, Services[service] with { Override = wish });

    /// <summary>Another look at the calls.</summary>
    public StatusSnapshot WithFigures(ExternalService service, CallFigures figures) =>
        With(service, Services[service] with { Figures = figures });

    /// <summary>A background check ended.</summary>
    public StatusSnapshot WithProbe(ExternalService service, ServiceHealth health, DateTimeOffset at)
    {
        var before = Services[service];
        var after = before with { Probed = health, CheckedAt = at };
        return With(service, after.Health == before.Health ? after : after with { Since = at });
    }

    /// <summary>A channel's drain went round.</summary>
    public StatusSnapshot WithDrainBeat(Channel channel, DateTimeOffset at) =>
        this with { DrainBeats = DrainBeats.SetItem(channel, at) };

    private StatusSnapshot With(ExternalService service, ServiceStatus status) =>
        this with { Services = Services.SetItem(service, status) };
}

/// <summary>The level, since when, and which services are the cause.</summary>
public sealed record DegradationStatus(DegradationLevel Level, DateTimeOffset Since, ImmutableArray<ExternalService> Causes)
{
    /// <summary>Those among the causes that answer at the moment, but have come and gone too often lately.</summary>
    public ImmutableArray<ExternalService> Held { get; init; } = [];

    /// <summary>The outage under way; it outlives the level by a while, so that a relapse belongs to it. Null in calm times.</summary>
    public Outage? Outage { get; init; }

    /// <summary>True when both say the same; the record's own equality compares arrays by identity.</summary>
    public bool IsSameAs(DegradationStatus other)
    {
        ArgumentNullException.ThrowIfNull(other);

        return Level == other.Level
            && Since == other.Since
            && Causes.SequenceEqual(other.Causes)
            && Held.SequenceEqual(other.Held)
            && IsSameOutage(Outage, other.Outage);
    }

    private static bool IsSameOutage(Outage? one, Outage? other) =>
        (one is null && other is null)
        || (one is not null && other is not null
            && (one.Since, one.Worst, one.CalmSince) == (other.Since, other.Worst, other.CalmSince)
            && one.Services.SequenceEqual(other.Services));
}

/// <summary>How much waits in the outbox of all nodes.</summary>
/// <param name="Pending">Messages to deliver, counted up to <see cref="CountedUpTo"/>.</param>
/// <param name="Oldest">How long the message that is due longest has been due; zero when none is.</param>
/// <param name="Dead">Dead letters, counted up to <see cref="CountedUpTo"/>.</param>
/// <param name="At">When they were counted.</param>
public sealed record OutboxFigures(long Pending, TimeSpan Oldest, long Dead, DateTimeOffset At)
{
    /// <summary>Counting stops here: beyond it, "more" says as much as a number and costs less.</summary>
    public const long CountedUpTo = 10_001;
}
