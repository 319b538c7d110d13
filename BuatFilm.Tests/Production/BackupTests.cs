using System.Diagnostics;
using System.Globalization;
using System.Net;
using BuatFilm.Tests.Journeys;
using BuatFilm.Tests.Support;
using Npgsql;

namespace BuatFilm.Tests.Production;

/// <summary>A backup of the running program, restored as PRODUCTION.md says, is all it needs to go on.</summary>
[Collection(LongProcessTests.Name)]
public sealed class BackupTests
{
    private const string Email = "ayu@buatfilm.test";

    [Fact]
    public async Task Restore_OfABackupOfTheRunningProgram_HasOrdersAccountsAndWaitingMessagesWhichArriveOnce()
    {
        await using var server = await RolesServer.StartAsync();
        using var folder = new TemporaryFolder();
        var dump = folder["buatfilm.dump"];
        await using var app = new AppProcess(
            cluster: null,
            ("ConnectionStrings:BuatFilm", server.App),
            ("ConnectionStrings:Migrations", server.Owner),
            ("Setup:AdminEmail", Email),
            ("Setup:AdminPassword", SignedIn.Password));
        await app.StartAsync();
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{app.Port.ToString(CultureInfo.InvariantCulture)}"),
            Timeout = TimeSpan.FromSeconds(60),
        };
        using (var signedIn = await browser.SignInAsync(Email))
        {
            Assert.Equal("/", signedIn.LeadsTo());
        }

        await app.PlaceAsync("SAFE-PAID");
        await app.PayAsync("SAFE-PAID");
        await app.PaidAndToldAsync("SAFE-PAID");
        await app.FaultAsync("smtp", "down");
        await app.PlaceAsync("SAFE-WAITS");
        await app.PayAsync("SAFE-WAITS");
        await AppHost.EventuallyAsync(async () => await WaitingAsync(app) == "email", "only the mail of the second order waits", 60);
        await app.PlaceAsync("SAFE-OPEN");

        await RunAsync(Tool("pg_dump"), server.Owner, "--format=custom", $"--file={dump}");
        await app.PlaceAsync("AFTER-BACKUP");
        app.Kill(); // With its claims, as when the machine is gone.
        await server.LoseDatabaseAsync();
        await RunAsync(Tool("pg_restore"), server.Owner, "--exit-on-error", "--no-owner", "--no-privileges", "--dbname=buatfilm", dump);
        await app.StartAsync();

        // The stand-ins remember what they took before; their mail server is up again.
        await app.PaidAndToldAsync("SAFE-WAITS", 60);
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue") == 0, "nothing waits", 60);
        Assert.Single(await app.MailsAsync("SAFE-WAITS"));
        Assert.Single(await app.MailsAsync("SAFE-PAID"));
        Assert.Equal("paid", await app.StatusOfAsync("SAFE-PAID"));
        Assert.Equal("awaiting_payment", await app.StatusOfAsync("SAFE-OPEN"));
        Assert.Null(await app.StatusOfAsync("AFTER-BACKUP"));

        // The keys of the cookies were in it as well: whoever was signed in still is.
        Assert.Equal(HttpStatusCode.OK, await browser.StatusAsync("/account"));
        Assert.False(await app.ReadAsync<bool>("select has_table_privilege('buatfilm_app', 'audit_log', 'update')"));

        // What goes on from here is new work like any other.
        Assert.Equal(HttpStatusCode.Accepted, await app.PayAsync("SAFE-OPEN"));
        await app.PaidAndToldAsync("SAFE-OPEN");
        Assert.Equal(HttpStatusCode.Created, (await app.PlaceAsync("SAFE-NEW")).Status);
    }

    private static async Task<string> WaitingAsync(AppProcess app) =>
        await app.ReadAsync<string>("select coalesce(string_agg(m.channel, ',' order by m.channel), '') from outbox_queue q join notification_outbox m on m.id = q.message_id where m.order_id = 'SAFE-WAITS'");

    // The newest: it reads every server up to its own version.
    private static string Tool(string name)
    {
        var found = (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        var missing = $"There is no {name} on this machine. Debian, Ubuntu: apt-get install postgresql-client";
        if (found is null && Environment.GetEnvironmentVariable("CI_RUN") == "1")
        {
            Assert.Fail(missing);
        }

        Assert.SkipWhen(found is null, missing);
        return found!;
    }

    private static async Task RunAsync(string tool, string connectionString, params string[] arguments)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(tool, arguments) { UseShellExecute = false, RedirectStandardError = true };
        start.Environment["PGHOST"] = target.Host;
        start.Environment["PGPORT"] = target.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGDATABASE"] = target.Database;
        start.Environment["PGUSER"] = target.Username;
        start.Environment["PGPASSWORD"] = target.Password;
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, said);
    }
}
