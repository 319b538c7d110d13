using BuatFilm.Admin.Data;
using BuatFilm.Admin.Data.LocalPostgres;
using BuatFilm.Admin.Features.Accounts;
using BuatFilm.Admin.Sandbox;
using BuatFilm.Admin.Settings;
using Microsoft.Extensions.Options;

namespace BuatFilm.Admin;

/// <summary>Says once the program runs what runs where, what to open, and what is still to be set.</summary>
internal static class StartReport
{
    public static void PrintAddresses(this WebApplication app, SandboxHost? sandbox, LocalPostgresServer? postgres) => app.Lifetime.ApplicationStarted.Register(() =>
        Console.WriteLine(string.Join(Environment.NewLine, Lines(app, sandbox, postgres))));

    private static IEnumerable<string> Lines(WebApplication app, SandboxHost? sandbox, LocalPostgresServer? postgres)
    {
        var own = PublicAddress.Openable(app.Urls.FirstOrDefault() ?? "http://127.0.0.1");
        var address = app.Services.GetRequiredService<IOptions<PublicAddress>>().Value.BaseUrl is { Length: > 0 } known && sandbox is null ? known.TrimEnd('/') : own;
        yield return string.Empty;
        yield return $"BuatFilm.Admin is ready ({app.Environment.EnvironmentName}).";
        yield return $"  Console           {address}/";
        yield return $"  Storefront API    {address}/docs";
        yield return $"  Jobs              {address}/jobs";
        if (app.Services.GetRequiredService<PrepareSetup>().LinkAt(own) is { } setup)
        {
            yield return $"  Set-up            {setup}";
            yield return "                    makes the first Admin; it works once";
        }

        yield return $"  Health, metrics   {own}/health, {own}/health/ready, {own}/metrics";
        if (address != own)
        {
            yield return $"  Listens on        {string.Join(", ", app.Urls)}";
        }

        if (sandbox is not null)
        {
            foreach (var line in sandbox.Describe(own))
            {
                yield return line;
            }
        }

        yield return postgres is not null
            ? $"  PostgreSQL        embedded, data in {postgres.DataDirectory}"
            : $"  PostgreSQL        {new DatabaseAccess(DatabaseStart.AppKey, app.Configuration.GetConnectionString("BuatFilm")!).Where}";

        var gaps = app.Environment.IsDevelopment() ? [] : StartChecks.FindGaps(app.Configuration).ToList();
        if (gaps.Count > 0)
        {
            yield return "Still to be set (PRODUCTION.md has each):";
            foreach (var gap in gaps)
            {
                yield return $"  - {gap}";
            }
        }

        yield return "Stop with Ctrl+C.";
    }
}
