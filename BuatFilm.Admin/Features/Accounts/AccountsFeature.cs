using BuatFilm.Admin.Data;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>People: how they sign in and out, their roles, invitations, passwords, and the very first of them.</summary>
internal static class AccountsFeature
{
    public const string SignInPath = "/account/sign-in";

    private const string ReturnParameter = "returnUrl";

    private static readonly TimeSpan Session = TimeSpan.FromHours(8);

    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SetupOptions>().Bind(configuration.GetSection(SetupOptions.Section)).ValidateSettings(SetupOptions.Section);
        services.AddSignIn();
        services.AddSingleton<SealedValues>();
        services.AddSingleton<OwnAddress>();
        services.AddSingleton<AccountChanges>();
        services.AddSingleton<SignInAccount>().AddSingleton<SetUpFirstAccount>().AddSingleton<SetPasswordByLink>().AddSingleton<RequestPasswordReset>().AddSingleton<ChangePassword>();
        services.AddSingleton<InviteAccount>().AddSingleton<ChangeRole>().AddSingleton<LockAccount>().AddSingleton<UnlockAccount>().AddSingleton<EndSessions>();
        services.AddSingleton<AccountQueries>();
        services.AddRecurringJob<DeleteOldLinksJob>("delete-old-account-links", "17 19 * * *", Permissions.JobsTrigger, job => job.ExecuteAsync(CancellationToken.None));
        services.AddSingleton<PrepareSetup>();
        services.AddSingleton<IReadinessCondition>(provider => provider.GetRequiredService<PrepareSetup>());
        services.AddHostedService(provider => provider.GetRequiredService<PrepareSetup>());

        return services;
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes) => routes.MapSignOut();

    private static void AddSignIn(this IServiceCollection services)
    {
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.AddIdentityCore<Account>()
            .AddEntityFrameworkStores<AdminDbContext>()
            .AddSignInManager()
            .AddClaimsPrincipalFactory<AccountClaims>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 210_000);
        services.AddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<AccountStanding>();
        services.AddScoped<ISecurityStampValidator, CookieStanding>();
        services.AddScoped<AuthenticationStateProvider, OpenPageStanding>();
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme).Configure<IHostEnvironment>(Configure);
        services.AddOptions<AntiforgeryOptions>().Configure(forms =>
        {
            forms.Cookie.Name = "buatfilm-form";

            // With Always, a page opened by http would not say why one cannot sign in there, but fail.
            forms.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
    }

    private static void Configure(CookieAuthenticationOptions cookie, IHostEnvironment environment)
    {
        cookie.Cookie.Name = "buatfilm-session";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;

        // At home there is no certificate; anywhere else a session never travels in the clear.
        cookie.Cookie.SecurePolicy = environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        cookie.ExpireTimeSpan = Session;
        cookie.SlidingExpiration = true;
        cookie.LoginPath = SignInPath;
        cookie.ReturnUrlParameter = ReturnParameter;
        cookie.Events.OnRedirectToLogin = ChallengeAsync;
        cookie.Events.OnRedirectToAccessDenied = ForbidAsync;
    }

    /// <summary>People are led to the sign-in and back; what scripts and programs asked for is refused in their own way.</summary>
    private static Task ChallengeAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var request = context.Request;
        if (ProblemAnswers.IsApi(request))
        {
            return context.HttpContext.ChallengeAsync(ApiKeyAuthenticationHandler.SchemeName);
        }

        if (request.Path.StartsWithSegments("/account", StringComparison.OrdinalIgnoreCase) && !HttpMethods.IsGet(request.Method))
        {
            context.Response.Redirect(SignInPath);
        }
        else if ((HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Redirect(context.RedirectUri);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }

        return Task.CompletedTask;
    }

    private static Task ForbidAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (ProblemAnswers.IsApi(context.Request))
        {
            return context.HttpContext.ForbidAsync(ApiKeyAuthenticationHandler.SchemeName);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }
}
