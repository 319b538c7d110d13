using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using BuatFilm.Tests.Faults;
using BuatFilm.Tests.Support;

namespace BuatFilm.Tests.Journeys;

/// <summary>Asked to stop, the program stops everything that it started, and finds it again at the next start.</summary>
[Collection(LongProcessTests.Name)]
public sealed class StopTests(MigratedCluster cluster)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_BySignal_LeavesNothingRunningAndTheDataBehind(bool byCtrlC)
    {
        await using var app = new AppProcess(cluster);
        await app.StartAsync();
        await app.PlaceAsync("STOP-1");
        var addresses = (await app.Client.GetFromJsonAsync<JsonObject>("/sandbox/api/addresses", TestContext.Current.CancellationToken))!;
        int[] ports = [app.Port, new Uri((string)addresses["midtrans"]!).Port, (int)addresses["smtpPort"]!, new Uri((string)addresses["whatsapp"]!).Port];
        Assert.All(ports, port => Assert.False(AppProcess.IsFree(port))); // They were in use; else their being free proves nothing.
        Assert.True(await app.HasPostgresAsync());

        var asked = TimeProvider.System.GetTimestamp();
        Stop(app, byCtrlC);
        var exitCode = await app.EndAsync();

        FaultReport.Write("stop", new { ByCtrlC = byCtrlC, Seconds = TimeProvider.System.GetElapsedTime(asked).TotalSeconds });
        Assert.Equal(0, exitCode);
        Assert.False(await app.HasPostgresAsync());
        Assert.All(ports, port => Assert.True(AppProcess.IsFree(port)));

        await app.StartAsync();
        Assert.Equal("awaiting_payment", await app.StatusOfAsync("STOP-1"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_WhileStarting_LeavesNoPostgresBehind(bool byCtrlC)
    {
        await using var app = new AppProcess(cluster: null);
        app.Launch();
        await app.WroteAsync("Starting PostgreSQL");

        Stop(app, byCtrlC);
        await app.EndAsync();

        Assert.DoesNotContain("BuatFilm.Admin is ready", app.Output, StringComparison.Ordinal);
        Assert.False(await app.HasPostgresAsync());
        Assert.DoesNotContain("   at ", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WhileAMailServerIsSilent_EndsInTimeAndSendsAtTheNextStart()
    {
        await using var app = new AppProcess(cluster);
        await app.StartAsync();
        await app.PlaceAsync("STOP-MAIL");
        await app.FaultAsync("smtp", "hang");
        Assert.Equal(HttpStatusCode.Accepted, await app.PayAsync("STOP-MAIL"));
        await AppHost.EventuallyAsync(async () => await LeasedAsync(app) == 1, "the mail is under way");

        app.Terminate();
        var exitCode = await app.EndAsync();

        Assert.Equal(0, exitCode);
        await app.StartAsync();
        await app.PaidAndToldAsync("STOP-MAIL");
        await AppHost.EventuallyAsync(async () => await app.ReadAsync<long>("select count(*) from outbox_queue") == 0, "the mail is marked");
        Assert.Single(await app.MailsAsync("STOP-MAIL"));
    }

    private static async Task<long> LeasedAsync(AppProcess app) => await app.ReadAsync<long>("select count(*) from outbox_queue where lease_owner is not null and channel = 'email'");

    private static void Stop(AppProcess app, bool byCtrlC)
    {
        if (byCtrlC)
        {
            app.Interrupt();
        }
        else
        {
            app.Terminate();
        }
    }
}
