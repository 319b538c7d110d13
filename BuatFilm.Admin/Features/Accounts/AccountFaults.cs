namespace BuatFilm.Admin.Features.Accounts;

/// <summary>The words for what can be wrong with a form.</summary>
internal static class AccountFaults
{
    /// <returns>The key of the text, without <c>Fault.</c>.</returns>
    public static string KeyOf(string fault) => fault switch
    {
        PasswordRules.TooShort => "TooShort",
        PasswordRules.TooLong => "TooLong",
        PasswordRules.Guessable => "Guessable",
        SetPassword.WrongPassword => "WrongPassword",
        _ => "BadLink",
    };
}
