using System.Security.Claims;
using BuatFilm.Admin.Data;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Whether a session still holds: not since ended, locked, or given another role.</summary>
internal sealed class AccountStanding(Databases databases, IOptions<IdentityOptions> options)
{
    /// <summary>How often an open page asks; with the cookie's own interval, a person who is locked out is out within a minute.</summary>
    public static readonly TimeSpan PageInterval = TimeSpan.FromSeconds(20);
    public static readonly TimeSpan CookieInterval = TimeSpan.FromSeconds(30);

    private const string Sql = "select exists (select 1 from users where id = $1 and security_stamp = $2 and role = $3 and locked_at is null)";

    /// <remarks>While the database is away its people cannot be asked about, and the pages are needed most: what held before holds on.</remarks>
    public async Task<bool> HoldsAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
        {
            return false;
        }

        try
        {
            await using var command = databases.Pages.CreateCommand(Sql);
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = user.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType) ?? "" });
            command.Parameters.Add(new() { Value = user.FindFirstValue(ClaimTypes.Role) ?? "" });
            return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
#pragma warning disable CA1031 // Slow, locked or away: nobody is signed out because they could not be asked about.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return true;
        }
    }
}

/// <summary>Ends the sessions of open pages.</summary>
internal sealed class OpenPageStanding(AccountStanding standing, ILoggerFactory loggers) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => AccountStanding.PageInterval;

    // Whom another scheme signed in is that scheme's matter.
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        authenticationState.User.Identity?.AuthenticationType != IdentityConstants.ApplicationScheme || await standing.HoldsAsync(authenticationState.User, cancellationToken);
}

/// <summary>Ends the sessions of cookies.</summary>
internal sealed class CookieStanding(AccountStanding standing, SignInManager<Account> signIn, TimeProvider time) : ISecurityStampValidator
{
    public async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Properties.IssuedUtc is { } issued && time.GetUtcNow() - issued <= AccountStanding.CookieInterval)
        {
            return;
        }

        if (context.Principal is { } principal && await standing.HoldsAsync(principal, context.HttpContext.RequestAborted))
        {
            context.ShouldRenew = true;
            return;
        }

        context.RejectPrincipal();
        await signIn.SignOutAsync();
    }
}
