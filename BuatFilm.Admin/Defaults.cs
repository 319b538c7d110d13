using System.Net.NetworkInformation;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;

namespace BuatFilm.Admin;

/// <summary>What holds for the whole program.</summary>
internal static class Defaults
{
    private const int FirstPort = 5080;

    public static void AddDefaults(this WebApplicationBuilder builder, ProgramStart start)
    {
        start.LeaveFailuresToTheProgram(builder.Logging);

        // One file for each setting: where systemd puts what a unit names with LoadCredential=.
        if (Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } credentials)
        {
            builder.Configuration.AddKeyPerFile(credentials, optional: true);
        }

        // Without publishing, only Development would find the components' styles.
        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);

        if (builder.Environment.IsDevelopment() && string.IsNullOrEmpty(builder.Configuration["urls"]))
        {
            // Two checkouts side by side: the second takes the next port.
            builder.WebHost.UseUrls($"http://127.0.0.1:{FreePort()}");
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MaxConcurrentConnections = 5_000;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 1_000;
        });
        builder.Services.Configure<HostOptions>(host =>
        {
            // Within the 30 s that a service manager allows.
            host.ShutdownTimeout = TimeSpan.FromSeconds(20);
            host.ServicesStopConcurrently = true;
            host.ServicesStartConcurrently = false;
        });

        builder.Services.AddCascadingAuthenticationState();
    }

    /// <summary>The first free one from <see cref="FirstPort"/> on; that one itself when none is, so that the failure names it.</summary>
    private static int FreePort()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        return Enumerable.Range(FirstPort, 100).FirstOrDefault(port => !taken.Contains(port), FirstPort);
    }
}
