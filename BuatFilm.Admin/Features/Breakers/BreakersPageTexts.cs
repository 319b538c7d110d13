namespace BuatFilm.Admin.Features.Breakers;

/// <summary>Names the texts of the breakers' page: <c>BreakersPageTexts.resx</c> in Indonesian, <c>BreakersPageTexts.en.resx</c> in English.</summary>
public sealed class BreakersPageTexts;
