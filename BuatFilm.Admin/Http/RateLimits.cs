using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Threading.RateLimiting;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin.Http;

/// <summary>How much one caller may ask.</summary>
internal sealed class RateLimitsOptions
{
    public const string Section = "RateLimits";

    public bool Enabled { get; set; } = true;

    /// <summary>Requests a minute for each API key, or for each address without one; from 1.</summary>
    [Range(1, 10_000_000)]
    public int StorefrontPerMinute { get; set; } = 600;

    /// <summary>Notifications a minute for each address that sends them; from 1.</summary>
    [Range(1, 10_000_000)]
    public int WebhookPerMinute { get; set; } = 6000;

    /// <summary>Requests a minute to the ops API for each API key, or for each address without one; from 1.</summary>
    [Range(1, 10_000_000)]
    public int OpsPerMinute { get; set; } = 1200;

    /// <summary>Attempts a minute to sign in, or to use or ask for a link, for each address; from 1.</summary>
    [Range(1, 10_000_000)]
    public int SignInPerMinute { get; set; } = 20;
}

/// <summary>The limits by name, for <c>RequireRateLimiting</c>.</summary>
internal static class RateLimits
{
    public const string Storefront = "storefront";
    public const string Webhook = "webhook";
    public const string Ops = "ops";

    /// <summary>Counts what is sent, not who looks at a page.</summary>
    public const string SignIn = "sign-in";

    public static IServiceCollection AddRateLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RateLimitsOptions>()
            .Bind(configuration.GetSection(RateLimitsOptions.Section))
            .ValidateSettings(RateLimitsOptions.Section);
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = async (context, _) =>
            {
                var retryAfter = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1);
                if (ProblemAnswers.IsApi(context.HttpContext.Request))
                {
                    await Problems.TooManyRequests(retryAfter).ExecuteAsync(context.HttpContext);
                    return;
                }

                // A page says so in the reader's language.
                context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            };
            limiter.AddPolicy(Storefront, context => Partition(context, Caller(context), options => options.StorefrontPerMinute));
            limiter.AddPolicy(Webhook, context => Partition(context, Address(context), options => options.WebhookPerMinute));
            limiter.AddPolicy(Ops, context => Partition(context, $"ops {Caller(context)}", options => options.OpsPerMinute));
            limiter.AddPolicy(SignIn, context => HttpMethods.IsPost(context.Request.Method)
                ? Partition(context, $"sign-in {Address(context)}", options => options.SignInPerMinute)
                : RateLimitPartition.GetNoLimiter("looking"));
        });

        return services;
    }

    private static RateLimitPartition<string> Partition(HttpContext context, string caller, Func<RateLimitsOptions, int> perMinute)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<RateLimitsOptions>>().Value;

        return options.Enabled
            ? RateLimitPartition.GetFixedWindowLimiter(caller, _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute(options), Window = TimeSpan.FromMinutes(1) })
            : RateLimitPartition.GetNoLimiter(caller);
    }

    // The keyring is asked, not the user: the limiter runs before authorization, so that wrong keys are limited too.
    private static string Caller(HttpContext context) =>
        context.RequestServices.GetRequiredService<ApiKeyring>().Read(context.Request.Headers).Key is { } key
            ? $"key {key.Kind} {key.Name}"
            : Address(context);

    private static string Address(HttpContext context) => $"address {context.Connection.RemoteIpAddress}";
}
