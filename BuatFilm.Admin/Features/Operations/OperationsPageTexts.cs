namespace BuatFilm.Admin.Features.Operations;

/// <summary>Names the texts of bulk work on pages: <c>OperationsPageTexts.resx</c> in Indonesian, <c>OperationsPageTexts.en.resx</c> in English.</summary>
public sealed class OperationsPageTexts;
