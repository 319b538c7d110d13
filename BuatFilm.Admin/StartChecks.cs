using BuatFilm.Admin.Data;
using BuatFilm.Admin.Sandbox;
using BuatFilm.Admin.Settings;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin;

/// <summary>Looks at the settings before anything is started, so that whoever mends them does it once.</summary>
internal static class StartChecks
{
    /// <summary>Refuses to start with settings that are missing or wrong. Call it when everything is registered.</summary>
    /// <exception cref="OptionsValidationException">All of them, each with its key.</exception>
    public static void RequireSettings(this WebApplicationBuilder builder)
    {
        List<string> mistakes = [];
        var usesSandbox = false;
        try
        {
            usesSandbox = (builder.Configuration.GetSection(SandboxOptions.Section).Get<SandboxOptions>() ?? new SandboxOptions()).IsOn(builder.Environment);
        }
        catch (InvalidOperationException refused)
        {
            mistakes.Add(refused.Message);
        }

        mistakes.AddRange(DatabaseStart.FindMistakes(builder));
        if (!usesSandbox)
        {
            // The stand-ins set what is missing; with them, it is looked for once they run.
            mistakes.AddRange(FindMistakes(builder));
        }

        if (mistakes.Count > 0)
        {
            throw new OptionsValidationException("settings", typeof(IConfiguration), mistakes);
        }
    }

    /// <summary>What a real installation has and this one has not; a sentence each, which begins with the setting.</summary>
    public static IEnumerable<string> FindGaps(IConfiguration configuration)
    {
        bool IsUnset(string key) => string.IsNullOrWhiteSpace(configuration[key]) && !configuration.GetSection(key).GetChildren().Any();

        if (!configuration.GetValue<bool>("Midtrans:IsProduction"))
        {
            yield return "Midtrans:IsProduction is not true: payments go to Midtrans' sandbox, and no money moves.";
        }

        if (IsUnset("PublicBaseUrl"))
        {
            yield return "PublicBaseUrl is not set: mails and alerts have no links, and nobody can ask for a new password.";
        }

        if (IsUnset("Proxies:Known"))
        {
            yield return "Proxies:Known is not set: behind a reverse proxy, every rate limit counts all the world as one caller.";
        }

        if (IsUnset("ConnectionStrings:Migrations"))
        {
            yield return "ConnectionStrings:Migrations is not set: the app works as the role that owns the schema; deploy/roles.sql makes one with fewer rights.";
        }

        if (IsUnset("Ops:AlertEmails") && IsUnset("Ops:AlertWhatsApp") && IsUnset("Ops:AlertWebhookUrl"))
        {
            yield return "Ops:AlertEmails, Ops:AlertWhatsApp and Ops:AlertWebhookUrl are not set: nobody is told of alerts.";
        }

        if (IsUnset("Metrics:Token"))
        {
            yield return "Metrics:Token is not set: /metrics answers this machine only.";
        }

        if (configuration["AllowedHosts"] is null or "" or "*")
        {
            yield return "AllowedHosts takes any host name: name yours, such as admin.example.com;127.0.0.1.";
        }

        if (!IsUnset("Setup:AdminPassword"))
        {
            yield return "Setup:AdminPassword is still set: it is read once; take it out.";
        }
    }

    // On a copy: the app's own services are not made yet, and the configuration must outlive this.
    private static IReadOnlyList<string> FindMistakes(WebApplicationBuilder builder)
    {
        IServiceCollection services = new ServiceCollection();
        foreach (var service in builder.Services)
        {
            services.Add(service);
        }

        services.AddSingleton<IConfiguration>(builder.Configuration);
        using var provider = services.BuildServiceProvider();
        return provider.FindMistakes();
    }
}
