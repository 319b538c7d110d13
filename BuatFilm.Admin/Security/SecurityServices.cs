using BuatFilm.Admin.Settings;
using Microsoft.AspNetCore.Authentication;

namespace BuatFilm.Admin.Security;

/// <summary>API keys, and one policy per permission.</summary>
internal static class SecurityServices
{
    /// <summary>The caller of the API. The default scheme stays what signs people in.</summary>
    public static IServiceCollection AddApiKeys(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ApiKeyOptions>()
            .Configure(options =>
            {
                configuration.GetSection(ApiKeyOptions.StorefrontSection).Bind(options.Storefront);
                configuration.GetSection(ApiKeyOptions.OpsSection).Bind(options.Ops);
            })
            .ValidateSettings(ApiKeyOptions.StorefrontSection);
        services.AddSingleton<ApiKeyring>();
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthenticationHandler>(ApiKeyAuthenticationHandler.SchemeName, configureOptions: null);

        return services;
    }

    /// <summary>Makes every permission a policy of the same name, for routes and for pages.</summary>
    public static IServiceCollection AddPermissionPolicies(this IServiceCollection services)
    {
        var authorization = services.AddAuthorizationBuilder();
        foreach (var permission in Permissions.All)
        {
            authorization.AddPolicy(permission, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => context.User.May(permission)));
        }

        authorization.AddPolicy(StaffOnly.Policy, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => StaffOnly.IsStaff(context.User)));
        authorization.AddPolicy(LoopbackOnly.Policy, policy => policy.AddRequirements(new LoopbackOnly()));

        return services;
    }
}
