namespace BuatFilm.Admin.Live;

/// <summary>Actions that were refused, on their way to the audit log.</summary>
/// <remarks>
/// A refusal changes nothing, so nobody waits for its line, and a storm of them becomes a few lines with a count: otherwise
/// whoever may do nothing could still fill the log, and hold up those who write to it. What was noted in the second before a crash is lost.
/// </remarks>
internal sealed class RefusedActions
{
    /// <summary>Lines that are kept apart until they are taken; more of the same actor and action share one.</summary>
    private const int MaxApart = 50;

    private readonly Lock _lock = new();
    private Dictionary<RefusedAction, int> _noted = [];

    /// <summary>Wakes whoever writes them down.</summary>
    public WakeSignal Noted { get; } = new();

    /// <param name="actor">As <c>Access.ActorOf</c> gives it.</param>
    /// <param name="action">The permission that was used or is missing.</param>
    /// <param name="reason">A word, such as <c>forbidden</c>.</param>
    public void Note(string actor, string action, string? target, string reason, int times = 1)
    {
        var refused = new RefusedAction(actor, action, target, reason);
        lock (_lock)
        {
            if (_noted.Count >= MaxApart && !_noted.ContainsKey(refused))
            {
                refused = refused with { Target = null };
            }

            _noted[refused] = _noted.GetValueOrDefault(refused) + times;
        }

        Noted.Wake();
    }

    /// <summary>Everything noted since the last time, with how often.</summary>
    public IReadOnlyDictionary<RefusedAction, int> TakeAll()
    {
        lock (_lock)
        {
            var taken = _noted;
            _noted = [];
            return taken;
        }
    }
}

/// <summary>One kind of refusal.</summary>
/// <param name="Target">Null when too many differed.</param>
internal sealed record RefusedAction(string Actor, string Action, string? Target, string Reason);
