using System.Security.Claims;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Who somebody is to the rest of the app, once signed in.</summary>
internal sealed class AccountClaims(IOptions<IdentityOptions> options) : IUserClaimsPrincipalFactory<Account>
{
    public Task<ClaimsPrincipal> CreateAsync(Account user)
    {
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, user.Id.ToString()),
                new Claim(ClaimTypes.Name, user.Email!),
                new Claim(AccessClaims.DisplayName, user.DisplayName),
                new Claim(ClaimTypes.Role, user.Role),
                new Claim(options.Value.ClaimsIdentity.SecurityStampClaimType, user.SecurityStamp!),
            ],
            IdentityConstants.ApplicationScheme);

        return Task.FromResult(new ClaimsPrincipal(identity));
    }
}
