using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>The filters of a list as fields. A search takes effect when the typing pauses, the others at once.</summary>
public sealed partial class ListFilters : IDisposable
{
    /// <summary>How long a pause in typing is.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(350);

    private readonly Dictionary<string, string> _typed = new(StringComparer.Ordinal);
    private ITimer? _timer;
    private ListState? _followed;

    [Parameter]
    [EditorRequired]
    public required string Name { get; set; }

    [Parameter]
    [EditorRequired]
    public required IReadOnlyList<ListFilter> Filters { get; set; }

    [Parameter]
    [EditorRequired]
    public required ListState State { get; set; }

    /// <summary>A parameter has another value. Each letter typed is not a step to go back to, so it replaces the address.</summary>
    [Parameter]
    [EditorRequired]
    public EventCallback<(string Parameter, string? Value, bool Replace)> Changed { get; set; }

    [Parameter]
    [EditorRequired]
    public EventCallback Cleared { get; set; }

    [Inject]
    public required TimeProvider Time { get; init; }

    public void Dispose() => _timer?.Dispose();

    /// <summary>What was typed stands until the address has followed, or has gone elsewhere; what is being typed at that moment stands on.</summary>
    protected override void OnParametersSet()
    {
        if (_timer is null && _followed is not null && !ReferenceEquals(State, _followed))
        {
            _typed.Clear();
        }

        _followed = State;
    }

    private string Id(string parameter) => $"{Name}-{parameter}";

    /// <summary>What is being typed stands above the address, which follows only later.</summary>
    private string? ValueOf(string parameter) => _typed.GetValueOrDefault(parameter) ?? State.Filters.GetValueOrDefault(parameter);

    private void Type(string parameter, ChangeEventArgs typed)
    {
        _typed[parameter] = typed.Value as string ?? "";
        _timer?.Dispose();
        _timer = Time.CreateTimer(_ => _ = InvokeAsync(ApplyTypedAsync), null, Pause, Timeout.InfiniteTimeSpan);
    }

    private async Task OnKey(KeyboardEventArgs key)
    {
        if (key.Key == "Enter")
        {
            await ApplyTypedAsync();
        }
    }

    private async Task ApplyTypedAsync()
    {
        _timer?.Dispose();
        _timer = null;
        foreach (var (parameter, value) in _typed.ToList())
        {
            if ((Filters.First(filter => filter.Name == parameter).Clean(value) ?? "") != (State.Filters.GetValueOrDefault(parameter) ?? ""))
            {
                await Changed.InvokeAsync((parameter, value, Replace: true));
            }
            else
            {
                _typed.Remove(parameter);
            }
        }
    }

    private Task Choose(string parameter, ChangeEventArgs chosen) => Changed.InvokeAsync((parameter, chosen.Value as string, Replace: false));

    private async Task ClearAsync()
    {
        _typed.Clear();
        await Cleared.InvokeAsync();
    }
}
