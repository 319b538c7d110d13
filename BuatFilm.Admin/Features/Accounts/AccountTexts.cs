namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Names the texts of the pages under <c>/account</c>: <c>AccountTexts.resx</c> in Indonesian, <c>AccountTexts.en.resx</c> in English.</summary>
public sealed class AccountTexts;
