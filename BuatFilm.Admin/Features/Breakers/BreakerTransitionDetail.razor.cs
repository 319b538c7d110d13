using System.Globalization;
using System.Text.Json;
using BuatFilm.Admin.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>What moved a breaker once: by which figures, how long the outage took, which alert told of it.</summary>
public sealed partial class BreakerTransitionDetail
{
    /// <summary>Those that a person can use, in their order.</summary>
    private static readonly string[] ShownFigures = ["calls", "failures", "failureRatio", "outagesInARow", "timedOut", "throttled", "shortCircuited", "p95Ms", "classes"];

    /// <summary>The change's number; from the address, so anything.</summary>
    [Parameter]
    [EditorRequired]
    public required string Key { get; set; }

    [Inject]
    public required IStringLocalizer<BreakersPageTexts> Texts { get; init; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Names { get; init; }

    [Inject]
    public required Cells Cells { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    private BreakerTransitionQueries Transitions { get; set; } = null!;

    private IEnumerable<(string Key, string Value)> Figures
    {
        get
        {
            using var figures = JsonDocument.Parse(Data!.Row.Figures);
            return
            [
                .. ShownFigures
                    .Where(key => figures.RootElement.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.Number or JsonValueKind.String && value.ToString().Length > 0)
                    .Select(key => (key, TextOf(key, figures.RootElement.GetProperty(key)))),
            ];
        }
    }

    protected override async Task<BreakerTransitionDetails?> ReadAsync(CancellationToken cancellationToken) =>
        long.TryParse(Key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await Transitions.FindAsync(id, cancellationToken) : null;

    private string TextOf(string key, JsonElement value) => key switch
    {
        "failureRatio" => Formats.Percent(value.GetDouble()),
        "p95Ms" => Texts["Unit.Milliseconds", Formats.Number((long)Math.Ceiling(value.GetDouble()))],
        _ when value.ValueKind == JsonValueKind.Number => Formats.Number((long)value.GetDouble()),
        _ => value.GetString()!,
    };
}
