namespace BuatFilm.Admin.Shell;

/// <summary>Names the glossary's terms and what they mean: <c>GlossaryTexts.resx</c> in Indonesian, <c>GlossaryTexts.en.resx</c> in English.</summary>
public sealed class GlossaryTexts;
