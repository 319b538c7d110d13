using System.Collections.Immutable;
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
    private ImmutableArray<LiveSubscription> _subscriptions = [];
    private volatile StatusSnapshot _current;

    public StatusBoard(NodeIdentity node, TimeProvider time, ILogger<StatusBoard> logger)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(time);

        _time = time;
        _logger = logger;
        _current = StatusSnapshot.Empty with
        {
            Node = node,
            UpdatedAt = node.StartedAt,
            Degradation = new DegradationStatus(DegradationLevel.Normal, node.StartedAt, []),
        };
    }

    public StatusSnapshot Current => _current;

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

        foreach (var subscription in subscriptions)
        {
            subscription.Wake();
        }
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

    private StatusSnapshot Settle(StatusSnapshot previous, StatusSnapshot next)
    {
        var now = _time.GetUtcNow();
        var verdict = DegradationRules.LevelOf(
            next.Services.Select(service => KeyValuePair.Create(service.Key, service.Value.Health)));

        return next with
        {
            UpdatedAt = now,
            Degradation = new DegradationStatus(
                verdict.Level,
                verdict.Level == previous.Degradation.Level ? previous.Degradation.Since : now,
                [.. verdict.Causes]),
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
