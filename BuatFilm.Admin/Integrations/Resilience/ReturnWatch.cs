using BuatFilm.Core.Breakers;

namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>Notices that a service is back, for work that has waited for it.</summary>
/// <remarks>
/// For one worker at a time. At the first look of a process it says so too, since what waits may have been left by
/// a process that did not live to see the return.
/// </remarks>
internal sealed class ReturnWatch(ServicePipeline pipeline, TimeProvider time)
{
    private bool _isPending = true;
    private int _seen = pipeline.Returns;
    private long? _backAt;

    /// <summary>Since the service came back; null while it is away, and when it never was.</summary>
    public TimeSpan? SinceReturn => _backAt is { } at ? time.GetElapsedTime(at) : null;

    /// <summary>Looks.</summary>
    /// <returns>True when the service may be used and what waited for it has not been set going since: <see cref="Settle"/> says that it is.</returns>
    public bool Look()
    {
        if (pipeline.State != BreakerState.Closed)
        {
            _backAt = null;
            return false;
        }

        // Counted, not compared with the last look's state: an outage may begin and end between two looks.
        if (pipeline.Returns is var returns && returns != _seen)
        {
            (_seen, _isPending, _backAt) = (returns, true, time.GetTimestamp());
        }

        return _isPending;
    }

    /// <summary>What waited is on its way.</summary>
    public void Settle() => _isPending = false;
}
