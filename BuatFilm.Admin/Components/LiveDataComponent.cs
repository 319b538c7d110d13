using BuatFilm.Admin.Live;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Components;

/// <summary>A component that shows something read from the database, and reads it again when anybody has changed anything.</summary>
/// <typeparam name="TData">Compared by value, so that only what changed is drawn again: a record, or records within.</typeparam>
/// <remarks>For the details of one thing. Lists are a <c>PagedList</c>, which does the same for its rows.</remarks>
public abstract class LiveDataComponent<TData> : ComponentBase, IDisposable
    where TData : class
{
    private readonly CancellationTokenSource _left = new();
    private readonly CancellationToken _leaving;
    private IDisposable? _subscription;
    private int _reading;

    protected LiveDataComponent() => _leaving = _left.Token;

    [Inject]
    public required ChangeTicker Ticker { get; init; }

    [Inject]
    public required TimeProvider Time { get; init; }

    [Inject]
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>What was read last; null before the first time, and when there is no such thing.</summary>
    protected TData? Data { get; private set; }

    /// <summary>True until the first answer.</summary>
    protected bool IsLoading { get; private set; } = true;

    /// <summary>True when the last attempt failed; <see cref="Data"/> is then what was known before, as of <see cref="ReadAt"/>.</summary>
    protected bool HasFailed { get; private set; }

    /// <summary>When <see cref="Data"/> was read.</summary>
    protected DateTimeOffset? ReadAt { get; private set; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads it.</summary>
    /// <returns>Null when there is no such thing.</returns>
    protected abstract Task<TData?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Reads it now: after an action of one's own, or when a parameter says that it is another thing.</summary>
    protected async Task ReloadAsync()
    {
        var mine = ++_reading;
        try
        {
            var data = await ReadAsync(_leaving);
            if (mine != _reading)
            {
                return; // Another thing has been asked for since.
            }

            var isNew = IsLoading || HasFailed || !Equals(data, Data);
            (Data, ReadAt, IsLoading, HasFailed) = (data, Time.GetUtcNow(), false, false);
            if (isNew)
            {
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Nobody looks any more.
        }
#pragma warning disable CA1031 // The page says that it could not be read; an exception would end the whole circuit.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (mine != _reading)
            {
                return;
            }

            Loggers.CreateLogger(GetType()).LogWarning(exception, "{Component} could not be read.", GetType().Name);
            (IsLoading, HasFailed) = (false, true);
            StateHasChanged();
        }
    }

    protected override Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            // Listen first, read second: a change in between is seen twice, never missed.
            _subscription = Ticker.Subscribe(() => InvokeAsync(ReloadAsync));
        }

        return ReloadAsync();
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _subscription?.Dispose();
            _left.Cancel();
            _left.Dispose();
        }
    }
}
