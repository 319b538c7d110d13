using System.Globalization;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Components.Lists;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Degradation;

/// <summary>How far the shop is from its normal work: why, what still works, what to tell customers, and what to do.</summary>
public sealed partial class DegradationPage
{
    private IReadOnlyList<ListFilter> _filters = [];
    private ListWords _words = ListWords.Default;

    [Inject]
    public required IStringLocalizer<DegradationPageTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    [Inject]
    public required Words Words { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private DegradationQueries Queries { get; set; } = null!;

    /// <summary>Before the first check nothing is normal yet; it is unknown.</summary>
    private string LevelKey => Status.IsAnythingKnown ? Status.Degradation.Level.ToString() : "Unknown";

    private Tone Tone => Status.IsAnythingKnown ? Status.Degradation.Level.ToTone() : Tone.Neutral;

    private bool IsDatabaseDown => Status.Degradation.Causes.Contains(ExternalService.Database);

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _filters =
        [
            new ChoiceFilter("level", Texts["Column.Level"], [.. Enum.GetValues<DegradationLevel>().Select(level => new Choice(WireName<DegradationLevel>.Of(level), Words.Of(level).Everyday))]),
            new ChoiceFilter("service", Texts["Column.Causes"], [.. Enum.GetValues<ExternalService>().Select(service => new Choice(ServiceName.Of(service), Names[$"Service.{service}"]))]),
            new DateFilter("at", Texts["Filter.Day"]),
        ];
        _words = new ListWords { EmptyTitle = Texts["History.Empty.Title"], EmptyText = Texts["History.Empty.Text"] };
    }

    /// <summary>Why a service counts as down.</summary>
    private string CauseKey(ExternalService service) => Status[service] switch
    {
        { Fault: not null } => "Cause.Fault",
        { Breaker: BreakerState.Isolated } => "Cause.Isolated",
        { Breaker: BreakerState.Open } => "Cause.Open",
        { Breaker: BreakerState.HalfOpen } => "Cause.HalfOpen",
        _ => "Cause.Silent",
    };

    private Word WordOf(CapabilityStatus capability) => capability.IsConfigured
        ? new Word(
            Texts[$"CapabilityState.{capability.State}"],
            "",
            capability.State switch { CapabilityState.Works => Tone.Good, CapabilityState.Delayed => Tone.Warning, CapabilityState.Stopped => Tone.Bad },
            WireName<CapabilityState>.Of(capability.State))
        : new Word(Texts["CapabilityState.NotConfigured"], "", Tone.Neutral, "not_configured");

    private static string KeyOf(DegradationChangeRow row) => row.Id.ToString(CultureInfo.InvariantCulture);

    private string CausesOf(DegradationChangeRow row) => string.Join(
        ", ",
        row.Causes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => ServiceName.TryParse(name, out var service) ? Names[$"Service.{service}"].Value : name));

    /// <summary>How long the level lasted; nothing for normal times.</summary>
    private string DurationOf(DegradationChangeRow row) => row switch
    {
        { To: DegradationLevel.Normal } => "",
        { Until: { } until } => Formats.Duration(until - row.At),
        { Node: not null } => Texts["Duration.Lasts"],
        _ => Texts["Duration.Unknown"],
    };
}
