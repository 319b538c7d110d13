using System.Net;
using BuatFilm.Admin.Sandbox;
using BuatFilm.Admin.Sandbox.Deliveries;
using BuatFilm.Admin.Sandbox.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static BuatFilm.Tests.Sandbox.SandboxUnderTest;

namespace BuatFilm.Tests.Sandbox;

public sealed class SurvivalTests
{
    [Fact]
    public async Task Restart_OnTheSameFolder_KeepsAddressesOrdersPaymentsAndMessages()
    {
        await using var sandbox = await StartAsync();
        var addresses = (await GetAsync(sandbox.Api, "/sandbox/api/addresses")).Json!.ToJsonString();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.CreateTokenAsync("BF-1-A");
        var pending = await sandbox.PayAsync("BF-1-A", "bank_transfer", "pending", ""","bank":"bca" """);
        await PostAsync(
            sandbox.WhatsApp, $"/v23.0/{PhoneNumberId}/messages", """{"messaging_product":"whatsapp","to":"6281234567890","text":{"body":"BF-1-A"}}""");
        await sandbox.App.WaitForAsync(4);
        var status = (await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status")).Json!.ToJsonString();
        var messages = (await GetAsync(sandbox.Api, "/sandbox/api/messages")).Json!.ToJsonString();

        await sandbox.RestartAsync();

        Assert.Equal(addresses, (await GetAsync(sandbox.Api, "/sandbox/api/addresses")).Json!.ToJsonString());
        Assert.Equal(status, (await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status")).Json!.ToJsonString());
        Assert.Equal(messages, (await GetAsync(sandbox.Api, "/sandbox/api/messages")).Json!.ToJsonString());
        Assert.Equal("2", (await GetAsync(sandbox.Api, "/sandbox/api/stats"))["midtrans"]!["snapCreatesByOrder"]!["BF-1-A"]!.ToString());

        var settled = await sandbox.PayAsync("BF-1-A", "bank_transfer", "settlement");
        Assert.Equal(pending.Text("transactionId"), settled.Text("transactionId"));
        Assert.Equal("settlement", (await sandbox.App.WaitForAsync(5))[4].Text("transaction_status"));
    }

    [Fact]
    public async Task Restart_AfterALineWasTorn_KeepsWhatCameBefore()
    {
        await using var sandbox = await StartAsync();
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "gopay", "settlement");
        await sandbox.App.WaitForAsync(1);

        await sandbox.RestartAsync(() =>
        {
            foreach (var journal in Directory.EnumerateFiles(sandbox.Settings.DataDirectory, "*.jsonl"))
            {
                File.AppendAllText(journal, """{"session":{"token":"3f""");
            }

            return Task.CompletedTask;
        });
        await sandbox.CreateTokenAsync("BF-2-A");
        await sandbox.RestartAsync();

        Assert.Equal("settlement", (await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status")).Text("transaction_status"));
        Assert.Equal(["BF-1-A", "BF-2-A"], sandbox.Host.Payments!.TokensByOrder.Keys);
    }

    [Fact]
    public async Task Restart_WithAnUndeliveredNotification_PostsItAgain()
    {
        await using var sandbox = await StartAsync();
        await sandbox.RestartAsync(tellAddress: false);
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "gopay", "pending");
        await sandbox.PayAsync("BF-1-A", "gopay", "settlement");
        Assert.Empty(sandbox.App.Posted);

        await sandbox.RestartAsync();
        var posted = await sandbox.App.WaitForAsync(2);

        Assert.Equal(["pending", "settlement"], posted.Select(one => one.Text("transaction_status")));
    }

    [Fact]
    public async Task Notification_WhenTheAppAnswers503First_ComesAgainInOrder()
    {
        await using var sandbox = await StartAsync();
        sandbox.App.AnswerNext(503);
        await sandbox.CreateTokenAsync("BF-1-A");

        await sandbox.PayAsync("BF-1-A", "gopay", "pending");
        await sandbox.PayAsync("BF-1-A", "gopay", "settlement");
        var posted = await sandbox.App.WaitForAsync(3);

        Assert.Equal(
            ["pending 503", "pending 200", "settlement 200"],
            posted.Select(one => $"{one.Text("transaction_status")} {one.Answered}"));
    }

    [Fact]
    public async Task Notification_WhenTheAppMoves_FollowsIt()
    {
        await using var sandbox = await StartAsync();
        sandbox.Host.SetAppAddress(new Uri("http://127.0.0.1:9"));
        await sandbox.CreateTokenAsync("BF-1-A");
        await sandbox.PayAsync("BF-1-A", "gopay", "settlement");
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Empty(sandbox.App.Posted);

        sandbox.Host.SetAppAddress(sandbox.App.Address);

        Assert.Single(await sandbox.App.WaitForAsync(1));
    }

    [Theory]
    [InlineData(200, 1, 0, false)]
    [InlineData(302, 1, 0, false)]
    [InlineData(null, 30, 14, true)]
    [InlineData(503, 30, 14, true)]
    [InlineData(503, 60, 16, false)]
    [InlineData(500, 1, 0, true)]
    [InlineData(500, 2, 0, false)]
    [InlineData(404, 2, 0, true)]
    [InlineData(404, 3, 0, false)]
    [InlineData(401, 5, 0, true)]
    [InlineData(401, 6, 0, false)]
    public void RetryPlan_AfterAnAnswer_FollowsMidtransTable(int? status, int attempts, int minutes, bool continues) =>
        Assert.Equal(continues, RetryPlan.Continues((HttpStatusCode?)status, attempts, TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void RetryPlan_OfOneOutage_RepeatsWithinSecondsAndThenEveryTwenty() =>
        Assert.Equal([1, 2, 5, 10, 20, 20, 20], Enumerable.Range(1, 7).Select(attempts => RetryPlan.WaitAfter(attempts).TotalSeconds));

    [Fact]
    public async Task Folder_InUseByAnother_IsRefusedByName()
    {
        await using var sandbox = await StartAsync();

        var refused = Assert.Throws<InvalidOperationException>(() => DataDirectory.Open(sandbox.Settings.DataDirectory));

        Assert.Contains("Sandbox:DataDirectory", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_ConfiguredButTaken_IsRefusedByName()
    {
        await using var sandbox = await StartAsync();
        var settings = sandbox.Settings with
        {
            DataDirectory = Path.Combine(sandbox.Settings.DataDirectory, "second"),
            SmtpPort = sandbox.Host.SmtpPort,
        };

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => SandboxHost.StartAsync(settings, _ => { }, TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.Contains("Sandbox:SmtpPort", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development", null, true)]
    [InlineData("Development", false, false)]
    [InlineData("Staging", null, false)]
    [InlineData("Staging", true, true)]
    [InlineData("Production", null, false)]
    [InlineData("Production", false, false)]
    public void Options_InAnEnvironment_AreOnOnlyWhereTheyMayBe(string environment, bool? enabled, bool isOn) =>
        Assert.Equal(isOn, new SandboxOptions { Enabled = enabled }.IsOn(Environment(environment)));

    [Fact]
    public void Options_EnabledInProduction_AreRefusedByName()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => new SandboxOptions { Enabled = true }.IsOn(Environment("Production")));

        Assert.Contains("Sandbox:Enabled", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_CalledFromAnotherMachine_IsForbidden()
    {
        await using var sandbox = await StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        await using var app = builder.Build();
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
            return next(context);
        });
        app.MapSandbox(sandbox.Host);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = app.GetTestClient();

        var read = await GetAsync(client, "/sandbox/api/messages");
        var switched = await PostAsync(client, "/sandbox/api/faults", """{"service":"smtp","mode":"down"}""");

        Assert.Equal((403, "loopback_only"), (read.Status, read.Text("code")));
        Assert.Equal((403, "loopback_only"), (switched.Status, switched.Text("code")));
    }

    private static IHostEnvironment Environment(string name) =>
        WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = name }).Environment;
}
