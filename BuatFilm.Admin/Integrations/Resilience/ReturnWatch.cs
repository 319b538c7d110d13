using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>Notices that a service is back, for work that has waited for it: its breaker was not closed at one look and is at the next.</summary>
/// <remarks>
/// For one worker at a time. At the first look of a process it says so too, since what waits may have been left by
/// a process that did not live to see the return.
/// </remarks>
internal sealed class ReturnWatch(ServicePipeline pipeline, TimeProvider time)
{
    private bool _isPending = true;
    private bool _wasAway;
    private long? _backAt;

    /// <summary>Since the service came back; null while it is away, and when it never was.</summary>
    public TimeSpan? SinceReturn => _backAt is { } at ? time.GetElapsedTime(at) : null;

    /// <summary>Looks.</summary>
    /// <returns>True when the service may be used and what waited for it has not been set going since: <see cref="Settle"/> says that it is.</returns>
    public bool Look()
    {
        if (pipeline.State != BreakerState.Closed)
        {
            (_isPending, _wasAway, _backAt) = (true, true, null);
            return false;
        }

        if (_wasAway)
        {
            _backAt ??= time.GetTimestamp();
        }

        return _isPending;
    }

    /// <summary>What waited is on its way.</summary>
    public void Settle() => (_isPending, _wasAway) = (false, false);
}
