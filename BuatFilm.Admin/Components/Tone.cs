using BuatFilm.Core.Degradation;

namespace BuatFilm.Admin.Components;

/// <summary>What a colour means. It never stands alone: a word and an icon say the same.</summary>
public enum Tone
{
    Neutral,
    Good,
    Info,
    Warning,
    Bad,
}

/// <summary>The class that the style sheet gives to each tone.</summary>
internal static class ToneClasses
{
    public static string Class(this Tone tone) => tone switch
    {
        Tone.Neutral => "tone-neutral",
        Tone.Good => "tone-good",
        Tone.Info => "tone-info",
        Tone.Warning => "tone-warning",
        Tone.Bad => "tone-bad",
    };

    public static Tone ToTone(this DegradationLevel level) => level switch
    {
        DegradationLevel.Normal => Tone.Good,
        DegradationLevel.Degraded => Tone.Warning,
        DegradationLevel.Severe => Tone.Bad,
        DegradationLevel.Emergency => Tone.Bad,
    };
}
