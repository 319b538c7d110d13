using System.Security.Claims;
using BuatFilm.Admin.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>Whether a session is still good: the account is not shut out, its role and its stamp are those the session began with.</summary>
/// <remarks>While the database is away nobody is thrown out: that is when the pages are needed most.</remarks>
internal sealed class SessionValidation(Databases databases, IOptions<IdentityOptions> options)
{
    /// <summary>How long a change of the account may go unnoticed.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public async Task<bool> IsGoodAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (user.Identity?.AuthenticationType != IdentityConstants.ApplicationScheme)
        {
            return true; // Not a session of an account; what made it looks after it.
        }

        if (!Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id)
            || user.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType) is not { } stamp
            || user.FindFirstValue(ClaimTypes.Role) is not { } role)
        {
            return false;
        }

        try
        {
            return await AccountRows.IsCurrentAsync(databases.Pages, id, stamp, role, cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return true;
        }
    }
}

/// <summary>Looks at the cookie of a request again once it is older than the interval.</summary>
internal sealed class CookieValidator(SessionValidation sessions, TimeProvider time) : ISecurityStampValidator
{
    public async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal is null || context.Properties.IssuedUtc is not { } issued || time.GetUtcNow() - issued < SessionValidation.Interval)
        {
            return;
        }

        if (await sessions.IsGoodAsync(context.Principal, context.HttpContext.RequestAborted))
        {
            context.ShouldRenew = true; // Issued anew, so that the next look is an interval away.
        }
        else
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
        }
    }
}

/// <summary>Looks at the session behind an open page every interval; a page that is open makes no requests.</summary>
internal sealed class CircuitSessions(ILoggerFactory loggers, SessionValidation sessions) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => SessionValidation.Interval;

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(authenticationState);
        return sessions.IsGoodAsync(authenticationState.User, cancellationToken);
    }
}
