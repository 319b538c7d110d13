using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace BuatFilm.Admin.Components.Lists;

/// <summary>The filters of a list as fields. A search takes effect when the typing pauses, the others at once.</summary>
public sealed partial class ListFilters : IDisposable
{
    /// <summary>How long a pause in typing is.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(350);

    private readonly Dictionary<string, Typing> _typed = new(StringComparer.Ordinal);
    private ITimer? _timer;
    private ListState? _followed;
    private bool _isOpen;

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

    /// <summary>What was typed stands as it was typed until the address goes where no typing sent it, as by the browser's way back.</summary>
    /// <remarks>Writing the address' own form into the field would take away the letters that are on their way from the browser at that moment.</remarks>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(State, _followed))
        {
            return;
        }

        _followed = State;
        foreach (var (parameter, typing) in _typed.ToList())
        {
            if (!typing.Follows(AddressOf(parameter), Clean(parameter, typing.Text)) && _timer is null)
            {
                _typed.Remove(parameter);
            }
        }
    }

    /// <summary>On a phone all but the search stand behind a button, so that the rows are near; wider screens show them at once.</summary>
    private bool HasMore => Filters.Any(filter => filter is not TextFilter);

    private string MoreWords
    {
        get
        {
            var set = Filters.Count(filter => filter is not TextFilter && filter.Parameters.Any(State.Filters.ContainsKey));
            return set == 0 ? Texts["List.Filter.More"] : Texts["List.Filter.MoreSet", set];
        }
    }

    private string Id(string parameter) => $"{Name}-{parameter}";

    /// <summary>What is being typed stands above the address, which follows only later.</summary>
    private string? ValueOf(string parameter) => _typed.GetValueOrDefault(parameter)?.Text ?? State.Filters.GetValueOrDefault(parameter);

    private string AddressOf(string parameter) => State.Filters.GetValueOrDefault(parameter) ?? "";

    private string Clean(string parameter, string text) => Filters.First(filter => filter.Name == parameter).Clean(text) ?? "";

    private void Type(string parameter, ChangeEventArgs typed)
    {
        var text = typed.Value as string ?? "";
        if (_typed.TryGetValue(parameter, out var typing))
        {
            typing.Text = text;
        }
        else
        {
            _typed[parameter] = new Typing(text);
        }

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
        foreach (var (parameter, typing) in _typed.ToList())
        {
            var value = Clean(parameter, typing.Text);
            if (value != typing.AskedFor(AddressOf(parameter)))
            {
                typing.Ask(value);
                await Changed.InvokeAsync((parameter, typing.Text, Replace: true));
            }
        }
    }

    private Task Choose(string parameter, ChangeEventArgs chosen) => Changed.InvokeAsync((parameter, chosen.Value as string, Replace: false));

    private async Task ClearAsync()
    {
        _typed.Clear();
        await Cleared.InvokeAsync();
    }

    /// <summary>What stands in a search, and what the address was asked to say for it and does not say yet.</summary>
    private sealed class Typing(string text)
    {
        private readonly List<string> _asked = [];

        public string Text { get; set; } = text;

        public void Ask(string value) => _asked.Add(value);

        /// <summary>What the address says, or will say.</summary>
        public string AskedFor(string address) => _asked.Count > 0 ? _asked[^1] : address;

        /// <returns>Whether the address went where typing sent it: to what is typed now, or to what was a moment ago.</returns>
        public bool Follows(string address, string typed)
        {
            var asked = _asked.LastIndexOf(address);
            _asked.RemoveRange(0, asked + 1);
            return asked >= 0 || address == typed;
        }
    }
}
