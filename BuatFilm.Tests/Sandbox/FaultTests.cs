using System.Diagnostics;
using System.Net.Sockets;
using BuatFilm.Admin.Sandbox.Faults;
using static BuatFilm.Tests.Sandbox.SandboxUnderTest;

namespace BuatFilm.Tests.Sandbox;

public sealed class FaultTests
{
    [Theory]
    [InlineData("""{"service":"fax","mode":"ok"}""", "unknown_service")]
    [InlineData("""{"service":"smtp","mode":"tired"}""", "unknown_mode")]
    [InlineData("""{"service":"smtp"}""", "unknown_mode")]
    [InlineData("""{"service":"smtp","mode":"error","rate":1.5}""", "rate_invalid")]
    [InlineData("""{"service":"smtp","mode":"error","rate":"half"}""", "rate_invalid")]
    [InlineData("""{"service":"smtp","mode":"slow","delayMs":-1}""", "delay_invalid")]
    [InlineData("""{"service":"smtp","mode":"slow","seed":1e99}""", "seed_invalid")]
    [InlineData("nonsense", "not_json")]
    public async Task Set_WithAMistake_IsAProblem(string body, string code)
    {
        await using var sandbox = await StartAsync();

        var reply = await PostAsync(sandbox.Api, "/sandbox/api/faults", body);

        Assert.Equal((400, code, "application/problem+json"), (reply.Status, reply.Text("code"), reply.ContentType));
        Assert.NotEmpty(reply.Text("title")!);
    }

    [Fact]
    public async Task Set_ThenGet_ShowsIt()
    {
        await using var sandbox = await StartAsync();

        var set = await PostAsync(sandbox.Api, "/sandbox/api/faults", """{"service":"midtrans","mode":"slow","rate":0.5,"delayMs":1200,"seed":7}""");
        var shown = await GetAsync(sandbox.Api, "/sandbox/api/faults");

        Assert.Equal(200, set.Status);
        Assert.Equal("""{"mode":"slow","rate":0.5,"delayMs":1200,"seed":7}""", shown["midtrans"]!.ToJsonString());
        Assert.Equal("ok", shown["smtp"]!["mode"]!.ToString());
    }

    [Theory]
    [InlineData("error", 500)]
    [InlineData("refuse", 400)]
    public async Task Midtrans_WhenSpoilt_AnswersInItsOwnShapes(string mode, int status)
    {
        await using var sandbox = await StartAsync();
        await PostAsync(sandbox.Api, "/sandbox/api/faults", $$"""{"service":"midtrans","mode":"{{mode}}"}""");

        var snap = await sandbox.CreateTokenAsync("BF-1-A");
        var core = await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status");

        Assert.Equal(status, snap.Status);
        Assert.NotEmpty(snap["error_messages"]!.AsArray());
        Assert.Equal((status, $"{status}"), (core.Status, core.Text("status_code")));
    }

    [Fact]
    public async Task Midtrans_WhenDown_RefusesOnKeptConnectionsTooAndComesBackOnItsPort()
    {
        await using var sandbox = await StartAsync();
        var address = sandbox.Host.MidtransAddress;
        await sandbox.CreateTokenAsync("BF-1-A");

        await sandbox.SetFaultAsync("midtrans", FaultMode.Down);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.CreateTokenAsync("BF-2-A"));
        var paid = await sandbox.PayAsync("BF-1-A", "gopay", "settlement");
        var posted = await sandbox.App.WaitForAsync(1);
        await sandbox.SetFaultAsync("midtrans", FaultMode.Down);
        await sandbox.SetFaultAsync("midtrans", FaultMode.Ok);
        var back = await GetAsync(sandbox.Midtrans, "/v2/BF-1-A/status");

        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode);
        Assert.Equal(202, paid.Status);
        Assert.Single(posted);
        Assert.Equal("settlement", back.Text("transaction_status"));
        Assert.Equal(address, sandbox.Host.MidtransAddress);
    }

    [Fact]
    public async Task Midtrans_WhenItHangs_DoesNothingAndLetsGoWhenLifted()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetFaultAsync("midtrans", FaultMode.Hang);

        var hanging = sandbox.CreateTokenAsync("BF-1-A");
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.False(hanging.IsCompleted);
        await sandbox.SetFaultAsync("midtrans", FaultMode.Ok);

        await Assert.ThrowsAsync<HttpRequestException>(() => hanging);
        Assert.Empty(sandbox.Host.Payments!.TokensByOrder);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("slow")]
    public async Task Midtrans_WhileItKeepsACallWaiting_StopsAtOnce(string mode)
    {
        await using var sandbox = await StartAsync();
        await PostAsync(sandbox.Api, "/sandbox/api/faults", $$"""{"service":"midtrans","delayMs":600000,"mode":"{{mode}}"}""");
        using var client = new HttpClient { BaseAddress = sandbox.Host.MidtransAddress };
        var waiting = GetAsync(client, "/v2/BF-1-A/status");
        await Task.Delay(100, TestContext.Current.CancellationToken);

        var watch = Stopwatch.StartNew();
        await sandbox.StopAsync();

        Assert.InRange(watch.ElapsedMilliseconds, 0, 15_000);
        await Assert.ThrowsAsync<HttpRequestException>(() => waiting);
    }

    [Fact]
    public async Task Midtrans_WhenSlow_AnswersLateButRight()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetFaultAsync("midtrans", FaultMode.Slow, delayMs: 300);

        var watch = Stopwatch.StartNew();
        var reply = await sandbox.CreateTokenAsync("BF-1-A");

        Assert.Equal(201, reply.Status);
        Assert.InRange(watch.ElapsedMilliseconds, 280, 15_000);
    }

    [Fact]
    public async Task Midtrans_WhenTheCallerGivesUpOnASlowCall_HasDoneNothing()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetFaultAsync("midtrans", FaultMode.Slow, delayMs: 1_500);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        impatient.CancelAfter(100);

        using var content = new StringContent("""{"transaction_details":{"order_id":"BF-1-A","gross_amount":1000}}""");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => sandbox.Midtrans.PostAsync(new Uri("/snap/v1/transactions", UriKind.Relative), content, impatient.Token));
        await Task.Delay(2_000, TestContext.Current.CancellationToken);

        Assert.Empty(sandbox.Host.Payments!.TokensByOrder);
    }

    [Fact]
    public async Task Rate_BelowOne_SpoilsTheSameCallsForTheSameSeed()
    {
        await using var sandbox = await StartAsync();

        var first = await PatternAsync(seed: 5);
        var again = await PatternAsync(seed: 5);
        var other = await PatternAsync(seed: 6);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.InRange(first.Count(status => status == 500), 15, 45);

        async Task<IReadOnlyList<int>> PatternAsync(int seed)
        {
            await sandbox.SetFaultAsync("midtrans", FaultMode.Error, rate: 0.5, seed: seed);
            var statuses = new List<int>();
            for (var call = 0; call < 60; call++)
            {
                statuses.Add((await GetAsync(sandbox.Midtrans, "/v2/BF-1/status")).Status);
            }

            return statuses;
        }
    }

    [Fact]
    public async Task Rate_OfDownBelowOne_CutsOnlySomeConnections()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetFaultAsync("midtrans", FaultMode.Down, rate: 0.5, seed: 1);
        var cut = 0;

        for (var call = 0; call < 30; call++)
        {
            try
            {
                // POST, because the client repeats a GET by itself when a kept connection breaks.
                await sandbox.CreateTokenAsync($"BF-{call}");
            }
            catch (HttpRequestException)
            {
                cut++;
            }
        }

        Assert.InRange(cut, 5, 25);
    }

    [Fact]
    public async Task StandIn_ThatIsOff_HasNoAddressAndNoFaults()
    {
        await using var sandbox = await StartAsync(settings => settings with { RunMidtrans = false });

        var addresses = await GetAsync(sandbox.Api, "/sandbox/api/addresses");
        var fault = await PostAsync(sandbox.Api, "/sandbox/api/faults", """{"service":"midtrans","mode":"down"}""");
        var paid = await sandbox.PayAsync("BF-1", "gopay", "settlement");

        Assert.Null(addresses["midtrans"]);
        Assert.Equal($"smtp://127.0.0.1:{sandbox.Host.SmtpPort}", addresses.Text("smtp"));
        Assert.Equal($"{sandbox.Host.WhatsAppAddress}".TrimEnd('/'), addresses.Text("whatsapp"));
        Assert.Equal((409, "stand_in_off"), (fault.Status, fault.Text("code")));
        Assert.Equal((409, "stand_in_off"), (paid.Status, paid.Text("code")));
    }
}
