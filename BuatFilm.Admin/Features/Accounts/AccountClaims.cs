using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>What a session says of its person: who, which role, and the stamp that ends it.</summary>
internal sealed class AccountClaims(UserManager<Account> users, IOptions<IdentityOptions> options) : UserClaimsPrincipalFactory<Account>(users, options)
{
    protected override Task<ClaimsIdentity> GenerateClaimsAsync(Account user) => Task.FromResult(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, user.Id.ToString()),
            new Claim(ClaimTypes.Name, user.Name),
            new Claim(ClaimTypes.Email, user.Email!),
            new Claim(ClaimTypes.Role, user.Role),
            new Claim(Options.ClaimsIdentity.SecurityStampClaimType, user.SecurityStamp!),
        ],
        IdentityConstants.ApplicationScheme));
}
