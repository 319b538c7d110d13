using Microsoft.AspNetCore.Identity;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Length is what makes a password strong; rules about kinds of letters make people write it down. What is easily guessed is refused.</summary>
/// <remarks>As NIST SP 800-63B has it.</remarks>
internal sealed class PasswordRules : IPasswordValidator<Account>
{
    public const int MinLength = 12;
    public const int MaxLength = 200;

    public const string TooShort = "too_short";
    public const string TooLong = "too_long";
    public const string Guessable = "guessable";

    private static readonly string[] Common = ["password", "passw0rd", "katasandi", "rahasia", "qwerty", "123456", "admin", "buatfilm", "letmein", "iloveyou", "sayang", "bismillah", "indonesia", "jakarta", "abcdef"];

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) => Task.FromResult(
        Fault(password, user.Email, user.DisplayName) is { } fault ? IdentityResult.Failed(new IdentityError { Code = fault, Description = fault }) : IdentityResult.Success);

    /// <returns>What is wrong with it: one of the constants; null when it will do.</returns>
    public static string? Fault(string? password, string? email, string? displayName)
    {
        if (password is null || password.Length < MinLength)
        {
            return TooShort;
        }

        if (password.Length > MaxLength)
        {
            return TooLong;
        }

        // What is left when everything that a stranger would try first is taken out.
        var rest = password.ToUpperInvariant();
        foreach (var word in Common.Append(email ?? "").Append(email?.Split('@')[0] ?? "").Concat((displayName ?? "").Split(' ')).Where(word => word.Length >= 3).OrderByDescending(word => word.Length))
        {
            rest = rest.Replace(word.ToUpperInvariant(), "", StringComparison.Ordinal);
        }

        return rest.Distinct().Count() < 5 ? Guessable : null;
    }
}
