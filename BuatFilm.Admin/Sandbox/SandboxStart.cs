using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace BuatFilm.Admin.Sandbox;

/// <summary>Starts the stand-ins ahead of the app, and points the app's ordinary settings at them.</summary>
internal static class SandboxStart
{
    private static readonly string[] MidtransAddresses = ["Midtrans:SnapBaseUrl", "Midtrans:ApiBaseUrl"];

    /// <summary>Starts a stand-in for every service whose address is not configured.</summary>
    /// <param name="dataDirectory">Where they keep their data unless <c>Sandbox:DataDirectory</c> says otherwise.</param>
    /// <returns>Null when the sandbox is off.</returns>
    /// <exception cref="InvalidOperationException">The sandbox was asked for in Production, a setting is out of its range, or a port is taken.</exception>
    public static async Task<SandboxHost?> StartSandboxAsync(this WebApplicationBuilder builder, string dataDirectory, Action<string> report, CancellationToken cancellationToken)
    {
        var configuration = builder.Configuration;
        var options = configuration.GetSection(SandboxOptions.Section).Get<SandboxOptions>() ?? new SandboxOptions();
        if (!options.IsOn(builder.Environment))
        {
            return null;
        }

        options.RequireValid();
        bool IsUnset(string key) => string.IsNullOrEmpty(configuration[key]);
        var settings = new SandboxSettings
        {
            DataDirectory = options.DataDirectory ?? dataDirectory,
            RunMidtrans = IsUnset("Midtrans:SnapBaseUrl") || IsUnset("Midtrans:ApiBaseUrl"),
            RunSmtp = IsUnset("Smtp:Host"),
            RunWhatsApp = IsUnset("WhatsApp:BaseUrl"),
            MidtransPort = options.MidtransPort,
            SmtpPort = options.SmtpPort,
            WhatsAppPort = options.WhatsAppPort,
            ServerKey = configuration["Midtrans:ServerKey"] ?? string.Empty,
            ClientKey = configuration["Midtrans:ClientKey"] ?? string.Empty,
            MerchantId = configuration["Midtrans:MerchantId"] ?? "G000000001",
            WhatsAppPhoneNumberId = configuration["WhatsApp:PhoneNumberId"],
            WhatsAppAccessToken = configuration["WhatsApp:AccessToken"],
            WhatsAppAppSecret = configuration["WhatsApp:AppSecret"],
            WhatsAppVerifyToken = configuration["WhatsApp:VerifyToken"],
            StorefrontKey = configuration.GetSection("Storefront:ApiKeys").GetChildren().Select(key => key.Value).FirstOrDefault(key => !string.IsNullOrEmpty(key)),
        };

        var sandbox = await SandboxHost.StartAsync(settings, report, TimeProvider.System, cancellationToken);
        var overrides = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (settings.RunMidtrans)
        {
            foreach (var key in MidtransAddresses.Where(IsUnset))
            {
                overrides[key] = sandbox.MidtransAddress.GetLeftPart(UriPartial.Authority);
            }
        }

        if (settings.RunSmtp)
        {
            overrides["Smtp:Host"] = sandbox.SmtpHost;
            overrides["Smtp:Port"] = sandbox.SmtpPort.ToString(CultureInfo.InvariantCulture);
            overrides["Smtp:Security"] = "None";
        }

        if (settings.RunWhatsApp)
        {
            overrides["WhatsApp:BaseUrl"] = sandbox.WhatsAppAddress.GetLeftPart(UriPartial.Authority);
        }

        configuration.AddInMemoryCollection(overrides);
        return sandbox;
    }

    /// <summary>Tells the stand-ins where the app listens, as soon as it does.</summary>
    public static void AnnounceTo(this WebApplication app, SandboxHost sandbox) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (addresses.FirstOrDefault(address => address.StartsWith("http:", StringComparison.OrdinalIgnoreCase)) is { } address)
        {
            sandbox.SetAppAddress(new Uri(address.Replace("//+", "//127.0.0.1", StringComparison.Ordinal).Replace("//*", "//127.0.0.1", StringComparison.Ordinal)));
        }
    });

    /// <summary>Lines for the console: what stands in for what, and where.</summary>
    public static IEnumerable<string> Describe(this SandboxHost sandbox, string appAddress)
    {
        yield return $"  Sample shop       {appAddress}/sandbox";
        if (sandbox.PortOf(SandboxHost.MidtransName) is not null)
        {
            yield return $"    Midtrans        {sandbox.MidtransAddress}";
        }

        if (sandbox.PortOf(SandboxHost.SmtpName) is not null)
        {
            yield return $"    Mail server     {sandbox.SmtpHost}:{sandbox.SmtpPort}, what it took: {appAddress}/sandbox/api/messages";
        }

        if (sandbox.PortOf(SandboxHost.WhatsAppName) is not null)
        {
            yield return $"    WhatsApp        {sandbox.WhatsAppAddress}";
        }
    }
}
