namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Names the texts of the page of people: <c>UsersPageTexts.resx</c> in Indonesian, <c>UsersPageTexts.en.resx</c> in English.</summary>
public sealed class UsersPageTexts;
