using BuatFilm.Admin;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Features.Health;
using BuatFilm.Admin.Features.Idempotency;
using BuatFilm.Admin.Features.Orders;
using BuatFilm.Admin.Features.Outbox;
using BuatFilm.Admin.Features.Webhooks;
using BuatFilm.Admin.Http;
using BuatFilm.Admin.Integrations.Hangfire;
using BuatFilm.Admin.Integrations.Midtrans;
using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Admin.Integrations.Smtp;
using BuatFilm.Admin.Integrations.Telemetry;
using BuatFilm.Admin.Live;
using BuatFilm.Admin.Sandbox;
using BuatFilm.Admin.Security;
using BuatFilm.Admin.Settings;
using BuatFilm.Admin.Shell;

if (CommandLine.PrintsHelp(args))
{
    return 0;
}

using var start = new ProgramStart();
try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddDefaults(start);

    // What the app stands on starts first and stops last.
    await using var postgres = await builder.StartEmbeddedDatabaseAsync(CommandLine.Report, start.Stopping);
    await using var sandbox = await builder.StartSandboxAsync(Folders.SandboxOf(builder, postgres), CommandLine.Report, start.Stopping);
    await builder.MigrateDatabaseAsync(CommandLine.Report, start.Stopping);

    var services = builder.Services;
    var configuration = builder.Configuration;
    services.AddDatabase().AddSharedDataProtection().AddLive().AddTelemetry(configuration);
    services.AddApiKeys(configuration).AddPermissionPolicies().AddRateLimits(configuration).AddKnownProxies(configuration).AddProblemAnswers().AddApiDocuments();
    services.AddServicePipelines(configuration).AddMidtrans(configuration).AddSmtp(configuration).AddRecurringJobs();
    services.AddIdempotency(configuration).AddOrders(configuration).AddWebhooks(configuration).AddOutbox(configuration).AddHealth(configuration);
    services.AddShell();

    await using var app = builder.Build();
    app.Services.ValidateSettings();
    app.UseForwardedHeaders();
    app.UseShell();
    app.UseProblemAnswers();
    app.UseAuthentication().UseRateLimiter().UseAuthorization();

    app.MapOrders(route => route.RequireIdempotencyKey());
    app.MapWebhooks();
    app.MapHealth();
    app.MapMetrics();
    app.MapApiDocuments();
    app.MapUnknownApiRoutes();
    app.MapJobsDashboard();
    app.MapShell().RequireLoopback(); // Until people can sign in, the pages are for this machine only.

    if (sandbox is not null)
    {
        app.MapSandbox(sandbox);
        app.AnnounceTo(sandbox);
    }

    app.Services.MarkMigrated();
    app.PrintAddresses(sandbox, postgres);
    await start.RunAsync(app);
    return 0;
}
catch (OperationCanceledException) when (start.Stopping.IsCancellationRequested)
{
    return 0; // Asked to stop before it ran.
}
catch (Exception exception) when (CommandLine.IsForPeople(exception))
{
    // A wrong setting or a missing program: the sentence helps, a stack does not.
    await Console.Error.WriteLineAsync(CommandLine.Describe(exception));
    return 1;
}
