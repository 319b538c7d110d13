using BuatFilm.Admin;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Features.Alerts;
using BuatFilm.Admin.Features.ApiKeys;
using BuatFilm.Admin.Features.Auditing;
using BuatFilm.Admin.Features.Breakers;
using BuatFilm.Admin.Features.Degradation;
using BuatFilm.Admin.Features.Health;
using BuatFilm.Admin.Features.Idempotency;
using BuatFilm.Admin.Features.Jobs;
using BuatFilm.Admin.Features.Operations;
using BuatFilm.Admin.Features.Orders;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Admin.Integrations.Telemetry;
using BuatFilm.Admin.Integrations.WhatsApp;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Sandbox;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using BuatFilm.Admin.Shell;
using BuatFilm.Core;

return await ProgramStart.RunAsync(args, async start =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddDefaults(start);

    var services = builder.Services;
    var configuration = builder.Configuration;
    services.AddDatabase().AddSharedDataProtection().AddLive().AddTelemetry(configuration).AddAccounts(configuration).AddStoredApiKeys().AddShell();
    services.AddApiKeys(configuration).AddPermissionPolicies().AddRateLimits(configuration).AddKnownProxies(configuration).AddProblemAnswers().AddApiDocuments();
    services.AddServicePipelines(configuration).AddMidtrans(configuration).AddSmtp(configuration).AddWhatsApp(configuration).AddRecurringJobs();
    services.AddIdempotency(configuration).AddOrders(configuration).AddWebhooks(configuration).AddOutbox(configuration).AddOperations(configuration);
    services.AddBreakers(configuration).AddDegradation(configuration).AddAlerts(configuration).AddAuditing(configuration).AddHealth(configuration).AddJobs();
    builder.RequireSettings();

    // What the app stands on starts first and stops last.
    await using var postgres = await builder.StartEmbeddedDatabaseAsync(CommandLine.Report, start.Stopping);
    await using var sandbox = await builder.StartSandboxAsync(Folders.SandboxOf(builder, postgres), CommandLine.Report, start.Stopping);
    await builder.MigrateDatabaseAsync(CommandLine.Report, start.Stopping);
    await using var app = builder.Build();
    app.Services.ValidateSettings();
    app.UseForwardedHeaders();
    app.UseShell();
    app.UseProblemAnswers();
    app.UseAuthentication().UseRateLimiter().UseAuthorization();

    app.MapOrders(route => route.RequireService(ExternalService.Database).RequireIdempotencyKey());
    app.MapWebhooks();
    app.MapOutbox();
    app.MapOperations();
    app.MapBreakers();
    app.MapDegradation();
    app.MapAlerts();
    app.MapAuditing();
    app.MapAccounts();
    app.MapHealth();
    app.MapMetrics();
    app.MapApiDocuments();
    app.MapUnknownApiRoutes();
    app.MapJobsDashboard();
    app.MapShell().RequireAuthorization(StaffOnly.Policy); // What a page asks beyond that, it says itself.

    if (sandbox is not null)
    {
        app.MapSandbox(sandbox);
        app.AnnounceTo(sandbox);
    }

    app.Services.MarkMigrated();
    app.PrintAddresses(sandbox, postgres);
    await start.RunAsync(app);
});
