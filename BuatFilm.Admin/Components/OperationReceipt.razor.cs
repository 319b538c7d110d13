using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Components;

/// <summary>How far a piece of bulk work is, and in the end what came of it. Says each further quarter, and the end, to who listens.</summary>
public sealed partial class OperationReceipt
{
    private const int Quarters = 4;

    private int? _saidQuarter;

    /// <summary>What the work is.</summary>
    [Parameter]
    [EditorRequired]
    public required string Label { get; set; }

    [Parameter]
    [EditorRequired]
    public long Total { get; set; }

    [Parameter]
    [EditorRequired]
    public long Done { get; set; }

    /// <summary>Those that had changed meanwhile, and were left alone.</summary>
    [Parameter]
    [EditorRequired]
    public long Skipped { get; set; }

    [Inject]
    public required IStringLocalizer<ComponentTexts> Texts { get; init; }

    [Inject]
    public required Formats Formats { get; init; }

    [Inject]
    public required Announcements Announcements { get; init; }

    private long Left => Math.Max(0, Total - Done - Skipped);

    private string Summary => Left == 0
        ? Texts["Receipt.Finished", Formats.Number(Done), Formats.Number(Skipped)]
        : Texts["Receipt.Running", Formats.Number(Done + Skipped), Formats.Number(Total), Formats.Percent((double)(Done + Skipped) / Total)];

    protected override void OnParametersSet()
    {
        var quarter = Total == 0 ? Quarters : (int)((Done + Skipped) * Quarters / Total);
        if (_saidQuarter is { } said && quarter > said)
        {
            Announcements.Say(Summary);
        }

        _saidQuarter = quarter;
    }

    private string Share(long part) =>
        Total == 0 ? "0" : ((double)part / Total).ToString("0.##%", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);
}
