using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace BuatFilm.Admin.Components;

/// <summary>The state of a breaker in words for people, and in the engineers' word behind it.</summary>
public sealed partial class BreakerStateChip
{
    private string _key = "";
    private string _icon = "";
    private Tone _tone;

    [Parameter]
    [EditorRequired]
    public BreakerState State { get; set; }

    /// <summary>A closed breaker proves nothing before the first call: unknown is shown as unknown.</summary>
    [Parameter]
    public ServiceHealth Health { get; set; } = ServiceHealth.Healthy;

    [Inject]
    public required IStringLocalizer<ComponentTexts> Texts { get; init; }

    protected override void OnParametersSet() => (_key, _icon, _tone) = State switch
    {
        BreakerState.Closed => OfClosed(),
        BreakerState.Open => ("Open", Icons.Material.Filled.LinkOff, Tone.Bad),
        BreakerState.HalfOpen => ("HalfOpen", Icons.Material.Filled.Autorenew, Tone.Info),
        BreakerState.Isolated => ("Isolated", Icons.Material.Filled.PanTool, Tone.Warning),
    };

    private (string Key, string Icon, Tone Tone) OfClosed() => Health switch
    {
        ServiceHealth.Unknown => ("Unknown", Icons.Material.Filled.HelpOutline, Tone.Neutral),
        ServiceHealth.Healthy => ("Closed", Icons.Material.Filled.CheckCircle, Tone.Good),
        ServiceHealth.Unhealthy => ("Silent", Icons.Material.Filled.Error, Tone.Bad),
    };
}
