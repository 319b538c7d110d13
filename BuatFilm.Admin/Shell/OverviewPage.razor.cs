using BuatFilm.Admin.Components;
using BuatFilm.Core;
using BuatFilm.Core.Degradation;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace BuatFilm.Admin.Shell;

/// <summary>How the shop is doing, in one look: the level and why, the four services, what waits, and who says so.</summary>
public sealed partial class OverviewPage
{
    /// <summary>Three rounds of the count.</summary>
    private static readonly TimeSpan FiguresAreOldAfter = TimeSpan.FromSeconds(15);

    [Inject]
    public required IStringLocalizer<ShellTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required TimeProvider Time { get; init; }

    /// <summary>Before the first check nothing is normal yet; it is unknown.</summary>
    private string LevelKey => Status.IsAnythingKnown ? Status.Degradation.Level.ToString() : "Unknown";

    private Tone Tone => Status.IsAnythingKnown ? Status.Degradation.Level.ToTone() : Tone.Neutral;

    /// <summary>The database alone is an emergency; the sentence must not speak of three services then.</summary>
    private string SentenceKey => Status.Degradation.Causes.Contains(ExternalService.Database) ? "Sentence.Database" : $"Sentence.{LevelKey}";

    /// <summary>The random end of the id: the beginning is a time and alike on nodes that started together.</summary>
    private string ShortId => Status.Node.Id.ToString("N")[^6..];

    private string LevelIcon => !Status.IsAnythingKnown
        ? Icons.Material.Filled.HourglassEmpty
        : Status.Degradation.Level switch
        {
            DegradationLevel.Normal => Icons.Material.Filled.CheckCircle,
            DegradationLevel.Degraded => Icons.Material.Filled.Warning,
            DegradationLevel.Severe => Icons.Material.Filled.Report,
            DegradationLevel.Emergency => Icons.Material.Filled.Dangerous,
        };
}
