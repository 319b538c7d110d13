using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace BuatFilm.Admin.Http;

/// <summary>Believes <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> only from the proxies that the settings name.</summary>
internal static class KnownProxies
{
    public const string Setting = "Proxies:Known";

    /// <summary>Reads addresses and networks (<c>10.0.0.0/8</c>), as a list or parted by commas.</summary>
    /// <exception cref="InvalidOperationException">One of them is neither.</exception>
    public static IServiceCollection AddKnownProxies(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(Setting);
        var proxies = (section.Value is { } line ? [line] : section.Get<string[]>() ?? [])
            .SelectMany(entry => entry.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(Parse)
            .ToList();

        return services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = proxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;

            // As far back as the proxies are known; the first address that is not known is the client.
            options.ForwardLimit = null;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var proxy in proxies)
            {
                options.KnownIPNetworks.Add(proxy);
            }
        });
    }

    private static System.Net.IPNetwork Parse(string entry)
    {
        if (IPAddress.TryParse(entry, out var address))
        {
            return new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return System.Net.IPNetwork.TryParse(entry, out var network)
            ? network
            : throw new InvalidOperationException($"{Setting}: '{entry}' is neither an address nor a network such as 10.0.0.0/8.");
    }
}
