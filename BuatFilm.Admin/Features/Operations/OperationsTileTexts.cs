namespace BuatFilm.Admin.Features.Operations;

/// <summary>Names the texts of the operations' tile: <c>OperationsTileTexts.resx</c> in Indonesian, <c>OperationsTileTexts.en.resx</c> in English.</summary>
public sealed class OperationsTileTexts;
