namespace BuatFilm.Admin.Features.Degradation;

/// <summary>Names the texts of the page on the level: <c>DegradationPageTexts.resx</c> in Indonesian, <c>DegradationPageTexts.en.resx</c> in English.</summary>
public sealed class DegradationPageTexts;
