using BuatFilm.Admin.Components;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Live;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Health;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>One service's breakers on all nodes: how they stand, why, what it means for the shop, and what an operator can do.</summary>
public sealed partial class BreakerCard
{
    private string _titleId = "";

    [Parameter]
    [EditorRequired]
    public ExternalService Service { get; set; }

    /// <summary>Null before it is read.</summary>
    [Parameter]
    [EditorRequired]
    public BreakersPast? Past { get; set; }

    [Parameter]
    [EditorRequired]
    public EventCallback<BreakerMode> OverrideAsked { get; set; }

    [Parameter]
    [EditorRequired]
    public EventCallback ReleaseAsked { get; set; }

    [Inject]
    public required Words Words { get; init; }

    [Inject]
    public required IStringLocalizer<BreakersPageTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required TimeProvider Time { get; init; }

    [Inject]
    private ServicePipelines Pipelines { get; set; } = null!;

    private BreakerView View => BreakerView.Of(Status, Service, Time.GetUtcNow());

    private BreakerState State => WireName<BreakerState>.Parse(View.State);

    private ServiceHealth Health => WireName<ServiceHealth>.Parse(View.Health);

    private BreakerMode Mode => View.Override is { } wish ? WireName<BreakerMode>.Parse(wish.Mode) : BreakerMode.Automatic;

    private BreakerLimits Limits => BreakerLimits.Of(Pipelines[Service].Options);

    private string MeaningKey => (State, Health) switch
    {
        (BreakerState.Closed, ServiceHealth.Unknown) => "Meaning.Unknown",
        (BreakerState.Closed, ServiceHealth.Healthy) => $"Meaning.{Service}.Good",
        _ => $"Meaning.{Service}.Bad",
    };

    protected override void OnParametersSet() => _titleId = $"breaker-{Service}";

    private Word WordOf(BreakerOfNode node) => BreakerWords.Of(WireName<BreakerState>.Parse(node.State), Names);
}
