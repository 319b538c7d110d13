using System.Text;
using BuatFilm.Core.Accounts;
using Microsoft.AspNetCore.Identity;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Hashes and compares passwords, in the same form whatever keyboard they were typed on.</summary>
internal sealed class Passwords(IPasswordHasher<Account> hasher)
{
    private static readonly Account Anybody = new();

    /// <summary>Of a password that nobody has; made at the first wrong name.</summary>
    private readonly Lazy<string> _nobodys = new(() => hasher.HashPassword(Anybody, LinkToken.New()));

    public string Hash(string password) => hasher.HashPassword(Anybody, Plain(password));

    /// <param name="hash">Null when there is no such account: as much is done then, so that the time tells nothing.</param>
    public PasswordMatch Compare(string? hash, string password)
    {
        var result = hasher.VerifyHashedPassword(Anybody, hash ?? _nobodys.Value, Plain(password.Length <= PasswordRule.MaxLength ? password : password[..PasswordRule.MaxLength]));
        var isRight = hash is not null && password.Length <= PasswordRule.MaxLength && result != PasswordVerificationResult.Failed;
        return new PasswordMatch(isRight, isRight && result == PasswordVerificationResult.SuccessRehashNeeded);
    }

    private static string Plain(string password)
    {
        try
        {
            return password.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return password; // Half a character; compared as it is.
        }
    }
}

/// <param name="IsOld">True when it was hashed by weaker rules than today's.</param>
internal readonly record struct PasswordMatch(bool IsRight, bool IsOld);
