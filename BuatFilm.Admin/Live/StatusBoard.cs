using System.Collections.Immutable;
using System.Threading.Channels;
using BuatFilm.Core.Degradation;

namespace BuatFilm.Admin.Live;

/// <summary>The current state in memory: what the feeders publish, and what pages and probes read without asking anybody.</summary>
/// <remarks>
/// A subscriber is told that something changed, not what; it reads <see cref="Current"/>. So news may be merged:
/// at most one call per <see cref="Interval"/> and subscriber, and always one after the last change.
/// </remarks>
public sealed class StatusBoard
{
    /// <summary>The shortest time between two calls of one subscriber; the first comes at once.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ILogger<StatusBoard> _logger;
    private readonly DegradationRule _rule;

    // Bounded, for hosts in which nobody writes the history.
    private readonly Channel<LevelChange> _levelChanges = Channel.CreateBounded<LevelChange>(
        new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private ImmutableArray<LiveSubscription> _subscriptions = [];
    private DegradationTrack _track;
    private volatile StatusSnapshot _current;

    /// <param name="rule">What tells flapping from recovery.</param>
    public StatusBoard(NodeIdentity node, TimeProvider time, ILogger<StatusBoard> logger, DegradationRule? rule = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(time);

        _time = time;
        _logger = logger;
        _rule = rule ?? DegradationRule.Default;
        _track = DegradationTrack.From(node.StartedAt);
        _current = StatusSnapshot.Empty with
        {
            Node = node,
            UpdatedAt = node.StartedAt,
            Degradation = new DegradationStatus(DegradationLevel.Normal, node.StartedAt, []),
        };
    }

    public StatusSnapshot Current => _current;

    /// <summary>Every change of the level in the order they happened, for the one that writes the history. The oldest go when a thousand wait.</summary>
    public ChannelReader<LevelChange> LevelChanges => _levelChanges.Reader;

    /// <summary>For tests of those who should have let go.</summary>
    public int SubscriberCount
    {
        get
        {
            lock (_gate)
            {
                return _subscriptions.Length;
            }
        }
    }

    /// <summary>Replaces the state by what <paramref name="change"/> makes of it, and wakes the subscribers.</summary>
    /// <param name="change">Quick and without side effects; it runs under the board's lock, so no other change is lost.</param>
    public void Publish(Func<StatusSnapshot, StatusSnapshot> change)
    {
        ArgumentNullException.ThrowIfNull(change);

        ImmutableArray<LiveSubscription> subscriptions;
        lock (_gate)
        {
            var previous = _current;
            var next = change(previous);
            if (ReferenceEquals(next, previous))
            {
                return;
            }

            _current = Settle(previous, next);
            subscriptions = _subscriptions;
        }

        Wake(subscriptions);
    }

    /// <summary>Derives the level again, since holds and outages end by time alone, and wakes the subscribers if it made a difference.</summary>
    public void Refresh()
    {
        ImmutableArray<LiveSubscription> subscriptions;
        lock (_gate)
        {
            var next = Settle(_current, _current);
            if (ReferenceEquals(next.Degradation, _current.Degradation))
            {
                return;
            }

            _current = next;
            subscriptions = _subscriptions;
        }

        Wake(subscriptions);
    }

    /// <summary>Calls <paramref name="changed"/> after changes, in the caller's culture, until the result is disposed.</summary>
    /// <remarks>Whoever throws or dawdles harms only himself: each subscriber has a loop of its own.</remarks>
    public IDisposable Subscribe(Func<Task> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);

        var subscription = new LiveSubscription(changed, Remove, _time, _logger);
        lock (_gate)
        {
            _subscriptions = _subscriptions.Add(subscription);
        }

        return subscription;
    }

    private static void Wake(ImmutableArray<LiveSubscription> subscriptions)
    {
        foreach (var subscription in subscriptions)
        {
            subscription.Wake();
        }
    }

    private StatusSnapshot Settle(StatusSnapshot previous, StatusSnapshot next)
    {
        var now = _time.GetUtcNow();
        var services = next.Services.ToDictionary(service => service.Key, service => service.Value.Health);
        _track = _track.After(services, now, _rule);

        var degradation = new DegradationStatus(_track.Level, _track.Since, _track.Causes) { Held = _track.Held, Outage = _track.Outage };
        if (degradation.IsSameAs(previous.Degradation))
        {
            degradation = previous.Degradation;
        }
        else if (degradation.Level != previous.Degradation.Level)
        {
            _levelChanges.Writer.TryWrite(new LevelChange(previous.Degradation.Level, degradation.Level, degradation.Causes, now, degradation.Outage));
        }

        return next with
        {
            UpdatedAt = now,
            Degradation = degradation,
            Capabilities = [.. CapabilityRules.Of(service => services[service], service => !next.NotConfigured.Contains(service))],
        };
    }

    private void Remove(LiveSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = _subscriptions.Remove(subscription);
        }
    }
}
