using System.Security.Claims;
using System.Text.Encodings.Web;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Browser;

/// <summary>Signs every browser of a test in as somebody with a role, for tests of pages that are not about signing in.</summary>
internal sealed class TestOperator(IOptionsMonitor<TestOperatorOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<TestOperatorOptions>(options, logger, encoder)
{
    public const string Name = "TestOperator";

    /// <summary>Takes the place of whatever signs people in.</summary>
    public static void AddTo(IServiceCollection services, string role = Roles.Admin)
    {
        services.AddAuthentication().AddScheme<TestOperatorOptions, TestOperator>(Name, options => options.Role = role);
        services.PostConfigure<AuthenticationOptions>(options =>
            options.DefaultScheme = options.DefaultAuthenticateScheme = options.DefaultChallengeScheme = options.DefaultForbidScheme = Name);
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "Rina Wulandari"), new Claim(ClaimTypes.Role, Options.Role)], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }
}

internal sealed class TestOperatorOptions : AuthenticationSchemeOptions
{
    public string Role { get; set; } = Roles.Admin;
}
