using System.ComponentModel.DataAnnotations;

namespace BuatFilm.Admin.Settings;

/// <summary>Where people reach this app, for links in messages and alerts.</summary>
internal sealed class PublicAddress : IValidatableObject
{
    public const string Setting = "PublicBaseUrl";

    /// <summary>Scheme, host and perhaps a path; null when it is not set, and messages then have no links to this app.</summary>
    public string? BaseUrl { get; set; }

    /// <returns>Null when the setting is left out.</returns>
    /// <param name="path">Begins with a slash; what is not ours in it is escaped.</param>
    public Uri? Link(string path) => string.IsNullOrEmpty(BaseUrl) ? null : new Uri(BaseUrl.TrimEnd('/') + path);

    /// <summary>An address that a browser on this machine can open, for one that the server listens on: a wildcard host is none.</summary>
    public static string Openable(string listening)
    {
        var concrete = listening.Replace("//+", "//127.0.0.1", StringComparison.Ordinal).Replace("//*", "//127.0.0.1", StringComparison.Ordinal);
        return Uri.TryCreate(concrete, UriKind.Absolute, out var address) && address is { Host: "0.0.0.0" or "[::]" }
            ? new UriBuilder(address) { Host = "127.0.0.1" }.Uri.GetLeftPart(UriPartial.Authority)
            : concrete;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(BaseUrl) && !IsWebAddress(BaseUrl))
        {
            yield return new ValidationResult($"{Setting} must be the https address at which people open this app, such as https://admin.example.com, without a query; http is for loopback only.", [Setting]);
        }
    }

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address.Query.Length == 0 && address.Fragment.Length == 0 && address.UserInfo.Length == 0;
}

internal static class PublicAddressServices
{
    public static IServiceCollection AddPublicAddress(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PublicAddress>().Configure(address => address.BaseUrl = configuration["PublicBaseUrl"]).ValidateSettings(PublicAddress.Setting);
        return services;
    }
}
