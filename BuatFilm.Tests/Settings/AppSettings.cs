using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Features.Alerts;
using BuatFilm.Admin.Features.Auditing;
using BuatFilm.Admin.Features.Breakers;
using BuatFilm.Admin.Features.Degradation;
using BuatFilm.Admin.Features.Health;
using BuatFilm.Admin.Features.Idempotency;
using BuatFilm.Admin.Features.Operations;
using BuatFilm.Admin.Features.Orders;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Admin.Integrations.Telemetry;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Sandbox;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Settings;

/// <summary>The app's own registrations, as far as they read settings, without the app.</summary>
internal static class AppSettings
{
    /// <summary>What <c>Program.cs</c> registers; a test finds options that are missing here.</summary>
    public static IServiceCollection Register(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddTelemetry(configuration);
        services.AddDatabase();
        services.AddApiKeys(configuration).AddRateLimits(configuration).AddKnownProxies(configuration);
        services.AddServicePipelines(configuration).AddMidtrans(configuration).AddSmtp(configuration).AddWhatsApp(configuration);
        services.AddAccounts(configuration);
        services.AddIdempotency(configuration).AddOrders(configuration).AddWebhooks(configuration).AddOutbox(configuration).AddOperations(configuration);
        services.AddBreakers(configuration).AddDegradation(configuration).AddAlerts(configuration).AddAuditing(configuration).AddHealth(configuration);

        return services;
    }

    /// <summary>Does what the start of the app does to settings.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    /// <exception cref="InvalidOperationException">A setting cannot be read, or is wrong and needed before the app is built.</exception>
    public static void Validate(IConfiguration configuration)
    {
        (configuration.GetSection(SandboxOptions.Section).Get<SandboxOptions>() ?? new SandboxOptions()).RequireValid();
        using var provider = Register(configuration).BuildServiceProvider();
        provider.ValidateSettings();
    }
}
