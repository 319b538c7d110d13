using BuatFilm.Admin.Components;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Breakers;

/// <summary>The words of breakers, for cells of lists.</summary>
internal static class BreakerWords
{
    public static Word Of(BreakerState state, IStringLocalizer<ComponentTexts> names) => new(
        names[$"State.{state}"],
        names[$"Technical.{state}"].Value.Trim('(', ')'),
        ToneOf(state),
        WireName<BreakerState>.Of(state));

    public static Tone ToneOf(BreakerState state) => state switch
    {
        BreakerState.Closed => Tone.Good,
        BreakerState.Open => Tone.Bad,
        BreakerState.HalfOpen => Tone.Info,
        BreakerState.Isolated => Tone.Warning,
    };

    /// <param name="cause">A wire name; one of a newer version stays as it is.</param>
    public static string CauseOf(string cause, IStringLocalizer<BreakersPageTexts> texts) =>
        WireName<BreakerCause>.TryParse(cause, out var known) ? texts[$"Cause.{known}"] : ForeignText.Clean(cause, Cells.LongestText);
}
