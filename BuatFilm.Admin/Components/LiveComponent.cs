using BuatFilm.Admin.Live;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Components;

/// <summary>A component that follows the status board while it is on a screen.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private IDisposable? _subscription;

    [Inject]
    public required StatusBoard Board { get; init; }

    /// <summary>The state that is drawn.</summary>
    protected StatusSnapshot Status { get; private set; } = StatusSnapshot.Empty;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _subscription?.Dispose();
        }
    }

    protected override void OnInitialized()
    {
        // Prerendering never disposes of a subscription in time, and has nothing to redraw.
        if (RendererInfo.IsInteractive)
        {
            // Listen first, read second: a change in between is seen twice, never missed.
            _subscription = Board.Subscribe(RefreshAsync);
        }

        Status = Board.Current;
    }

    /// <summary>For what depends on the difference; <see cref="Status"/> is already the new state.</summary>
    protected virtual void OnStatusChanged(StatusSnapshot previous)
    {
    }

    // Called by the board's loop; InvokeAsync moves it onto this circuit.
    private Task RefreshAsync() => InvokeAsync(() =>
    {
        var previous = Status;
        Status = Board.Current;
        OnStatusChanged(previous);
        StateHasChanged();
    });
}
