namespace BuatFilm.Admin.Integrations.Resilience;

/// <summary>The one call that may go to a service that is down. Whoever grants it can wait for its end.</summary>
/// <param name="isForProbe">True when only a probe may use it; false when only work may.</param>
internal sealed class Trial(bool isForProbe)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsForProbe => isForProbe;

    /// <summary>True from the moment a call uses it.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Ends with the call that used it, or when it is taken back.</summary>
    public Task Ended => _ended.Task;

    public void Begin() => IsRunning = true;

    public void End() => _ended.TrySetResult();
}
