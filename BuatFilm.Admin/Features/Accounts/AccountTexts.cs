namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Names the texts of accounts: <c>AccountTexts.resx</c> in Indonesian, <c>AccountTexts.en.resx</c> in English.</summary>
public sealed class AccountTexts;
