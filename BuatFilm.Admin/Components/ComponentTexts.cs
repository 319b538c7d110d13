namespace BuatFilm.Admin.Components;

/// <summary>Names the texts of the shared components: <c>ComponentTexts.resx</c> in Indonesian, <c>ComponentTexts.en.resx</c> in English.</summary>
public sealed class ComponentTexts;
