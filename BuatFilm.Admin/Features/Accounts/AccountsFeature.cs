using BuatFilm.Admin.Data;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace BuatFilm.Admin.Features.Accounts;

/// <summary>The staff: who they are, how they sign in, and how the first of them gets in.</summary>
internal static class AccountsFeature
{
    public const string SignInPath = "/account/sign-in";
    public const string SignOutPath = "/account/sign-out";
    public const string DeniedPath = "/account/denied";

    private static readonly TimeSpan SessionLasts = TimeSpan.FromHours(8);

    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        services.AddOptions<SetupOptions>().Bind(configuration.GetSection(SetupOptions.Section)).ValidateSettings(SetupOptions.Section);
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = "buatfilm";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.SecurePolicy = environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
            cookie.ExpireTimeSpan = SessionLasts;
            cookie.SlidingExpiration = true;
            cookie.LoginPath = SignInPath;
            cookie.AccessDeniedPath = DeniedPath;
            cookie.ReturnUrlParameter = "returnUrl";
            cookie.Events.OnValidatePrincipal = context => context.HttpContext.RequestServices.GetRequiredService<ISecurityStampValidator>().ValidateAsync(context);
        });
        services.AddIdentityCore<Account>(identity =>
            {
                identity.User.RequireUniqueEmail = true;
                identity.Tokens.ProviderMap[InvitationTokens.Name] = new TokenProviderDescriptor(typeof(InvitationTokens));
                identity.Tokens.ProviderMap[ResetTokens.Name] = new TokenProviderDescriptor(typeof(ResetTokens));
            })
            .AddSignInManager();
        services.AddScoped<IUserStore<Account>, UserOnlyStore<Account, AdminDbContext, Guid>>();
        services.AddScoped<IUserClaimsPrincipalFactory<Account>, AccountClaims>();
        services.AddScoped<InvitationTokens>().AddScoped<ResetTokens>();
        services.AddSingleton<SessionValidation>();
        services.AddSingleton<ISecurityStampValidator, CookieValidator>();
        services.AddScoped<AuthenticationStateProvider, CircuitSessions>();
        services.AddScoped<SignInByPassword>().AddScoped<SetPassword>().AddScoped<RequestPasswordReset>().AddScoped<AccountLinks>();
        services.AddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>();
        services.AddSingleton<CreateFirstAccount>().AddSingleton<SetupLink>();
        services.AddSingleton<SetupStart>();
        services.AddHostedService(provider => provider.GetRequiredService<SetupStart>());
        services.AddSingleton<IReadinessCondition>(provider => provider.GetRequiredService<SetupStart>());

        return services;
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes) =>
        routes.MapPost(SignOutPath, SignOutAsync).AllowAnonymousBecause("It only ends the session of a browser that sends its antiforgery token.").ExcludeFromDescription();

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.BadRequest();
        }

        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
        return TypedResults.LocalRedirect(SignInPath);
    }
}
