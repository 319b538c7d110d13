using BuatFilm.Core.Accounts;
using Microsoft.Extensions.Localization;

namespace BuatFilm.Admin.Features.Accounts.Pages;

/// <summary>Says what is wrong with a new password.</summary>
internal static class PasswordWords
{
    public static string? Of(PasswordProblem? problem, IStringLocalizer<AccountTexts> texts) => problem switch
    {
        null => null,
        PasswordProblem.TooShort => texts["Problem.Password.TooShort", PasswordRule.MinLength].Value,
        PasswordProblem.TooLong => texts["Problem.Password.TooLong", PasswordRule.MaxLength].Value,
        PasswordProblem.MailAddress => texts["Problem.Password.MailAddress"].Value,
        PasswordProblem.Trivial => texts["Problem.Password.Trivial"].Value,
        _ => throw new ArgumentOutOfRangeException(nameof(problem)),
    };
}
