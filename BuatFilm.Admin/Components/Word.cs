namespace BuatFilm.Admin.Components;

/// <summary>A state in words: the everyday word first, then the field's own where it says something else, and the colour of both.</summary>
/// <param name="Everyday">Such as <c>Gagal permanen</c>.</param>
/// <param name="Technical">Such as <c>DLQ</c>; empty when the everyday word is all.</param>
/// <param name="Code">The stored name, for tests and scripts.</param>
public sealed record Word(string Everyday, string Technical, Tone Tone, string Code)
{
    public override string ToString() => Technical.Length == 0 ? Everyday : $"{Everyday} ({Technical})";
}
