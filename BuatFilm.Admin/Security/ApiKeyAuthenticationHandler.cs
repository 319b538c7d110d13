using System.Security.Claims;
using System.Text.Encodings.Web;
using BuatFilm.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Security;

/// <summary>Signs in the caller that an API key names.</summary>
internal sealed class ApiKeyAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ApiKeyring keys) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var reading = keys.Read(Request.Headers);
        if (!reading.WasGiven)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (reading.Key is not { } key)
        {
            return Task.FromResult(AuthenticateResult.Fail("The API key is not known."));
        }

        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, key.Name),
                new Claim(AccessClaims.Kind, WireName<ApiKeyKind>.Of(key.Kind)),
                new Claim(ClaimTypes.Role, key.Role),
                .. Roles.PermissionsOf(key.Role).Select(permission => new Claim(AccessClaims.Permission, permission)),
            ],
            SchemeName);

        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failed = (await HandleAuthenticateOnceSafeAsync()).Failure is not null;
        Context.Features.Set(new AccessRefusal(failed ? "api_key_invalid" : "api_key_missing"));
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = failed ? "Bearer error=\"invalid_token\"" : "Bearer";
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Context.Features.Set(new AccessRefusal("forbidden"));
        Response.StatusCode = StatusCodes.Status403Forbidden;

        return Task.CompletedTask;
    }
}

/// <summary>Why a request was turned away; what writes the answer puts it into words.</summary>
/// <param name="Code"><c>api_key_missing</c>, <c>api_key_invalid</c> or <c>forbidden</c>.</param>
internal sealed record AccessRefusal(string Code);

internal static class AccessClaims
{
    /// <summary>The kind of an API key: <c>storefront</c> or <c>ops</c>.</summary>
    public const string Kind = "kind";

    public const string Permission = "permission";
}
