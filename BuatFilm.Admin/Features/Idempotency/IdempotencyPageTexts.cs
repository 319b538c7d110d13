namespace BuatFilm.Admin.Features.Idempotency;

/// <summary>Names the texts of the page of idempotency keys: <c>IdempotencyPageTexts.resx</c> in Indonesian, <c>IdempotencyPageTexts.en.resx</c> in English.</summary>
public sealed class IdempotencyPageTexts;
