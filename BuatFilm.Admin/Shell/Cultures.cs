using System.Globalization;
using BuatFilm.Admin.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;

namespace BuatFilm.Admin.Shell;

/// <summary>The languages of the interface, and <c>GET /culture</c>, which remembers one in a cookie.</summary>
internal static class Cultures
{
    public const string Indonesian = "id";
    public const string English = "en";

    public static readonly IReadOnlyList<string> All = [Indonesian, English];

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    /// <summary>The cookie decides, else Indonesian; the browser's language does not, because most here are left at English.</summary>
    public static void Configure(RequestLocalizationOptions options)
    {
        options.DefaultRequestCulture = new RequestCulture(Indonesian);
        options.SupportedCultures = [.. All.Select(CultureInfo.GetCultureInfo)];
        options.SupportedUICultures = [.. All.Select(CultureInfo.GetCultureInfo)];
        options.RequestCultureProviders = [new CookieRequestCultureProvider()];
    }

    public static IEndpointRouteBuilder MapCulture(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/culture", Remember).AllowAnonymousBecause("It only remembers a language.").ExcludeFromDescription();
        return routes;
    }

    internal static Results<RedirectHttpResult, BadRequest> Remember(string value, string? back, HttpContext context, TimeProvider time)
    {
        if (!All.Contains(value))
        {
            return TypedResults.BadRequest();
        }

        context.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName,
            CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(value)),
            new CookieOptions { Expires = time.GetUtcNow() + Remembered, HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps });

        return TypedResults.LocalRedirect(LocalPath.IsHere(back) ? back : "/");
    }
}
