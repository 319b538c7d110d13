namespace BuatFilm.Admin.Features.ApiKeys;

/// <summary>Names the texts of the page of API keys: <c>ApiKeysPageTexts.resx</c> in Indonesian, <c>ApiKeysPageTexts.en.resx</c> in English.</summary>
public sealed class ApiKeysPageTexts;
