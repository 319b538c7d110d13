using BuatFilm.Admin.Components;
using BuatFilm.Admin.Security;
using BuatFilm.Core;
using BuatFilm.Core.Degradation;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace BuatFilm.Admin.Shell;

/// <summary>How the shop is doing, in one look: the level and why, the four services, what the features add to it, what waits, and which servers say so.</summary>
public sealed partial class OverviewPage
{
    /// <summary>Three rounds of the count.</summary>
    private static readonly TimeSpan FiguresAreOldAfter = TimeSpan.FromSeconds(15);

    private HashSet<string> _links = [];
    private IReadOnlyList<OverviewTile> _tiles = [];

    [CascadingParameter]
    public Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    public required IEnumerable<OverviewTile> Tiles { get; init; }

    [Inject]
    public required IEnumerable<MenuEntry> Entries { get; init; }

    [Inject]
    public required PageRoutes Pages { get; init; }

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

    /// <summary>This one first; it hears itself all the time.</summary>
    private IEnumerable<ShownNode> Nodes =>
    [
        new(Status.SelfId, Status.Node.MachineName, Status.Node.StartedAt, Status.UpdatedAt, IsThis: true),
        .. Status.Cluster.Others.Select(node => new ShownNode(node.NodeId, node.Machine, node.StartedAt, node.ReportedAt, IsThis: false)),
    ];

    private string LevelIcon => !Status.IsAnythingKnown
        ? Icons.Material.Filled.HourglassEmpty
        : Status.Degradation.Level switch
        {
            DegradationLevel.Normal => Icons.Material.Filled.CheckCircle,
            DegradationLevel.Degraded => Icons.Material.Filled.Warning,
            DegradationLevel.Severe => Icons.Material.Filled.Report,
            DegradationLevel.Emergency => Icons.Material.Filled.Dangerous,
        };

    // Again whenever the reader's rights have changed.
    protected override async Task OnParametersSetAsync()
    {
        var user = Authentication is null ? null : (await Authentication).User;
        _tiles = [.. Tiles.Where(tile => user?.May(tile.Permission) == true).OrderBy(tile => tile.Order)];
        _links = Entries
            .Where(entry => !entry.IsExternal && Pages.Has(entry.Href) && (entry.Permission is null || user?.May(entry.Permission) == true))
            .Select(entry => entry.Href)
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The address, where there is such a page and the reader may see it.</summary>
    private string? LinkTo(string href) => _links.Contains(href) ? href : null;

    /// <summary>The random end of the id: the beginning is a time and alike on nodes that started together.</summary>
    private static string ShortIdOf(Guid node) => node.ToString("N")[^6..];

    private sealed record ShownNode(Guid Id, string Machine, DateTimeOffset StartedAt, DateTimeOffset? HeardAt, bool IsThis);
}
