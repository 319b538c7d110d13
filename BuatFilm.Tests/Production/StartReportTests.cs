using BuatFilm.Admin;
using BuatFilm.Admin.Data;
using BuatFilm.Admin.Settings;
using BuatFilm.Tests.Settings;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Production;

/// <summary>What the start says to whoever watches it.</summary>
public sealed class StartReportTests
{
    private static readonly (string Key, string? Value)[] Complete = [("Midtrans:IsProduction", "true"), ("AllowedHosts", "admin.example.com"), ("Setup:AdminPassword", null)];

    [Fact]
    public void Gaps_OfAnInstallationThatHasEverything_AreNone() => Assert.Empty(StartChecks.FindGaps(ExampleFile.Read(Complete)));

    [Theory]
    [InlineData("Midtrans:IsProduction", "false")]
    [InlineData("PublicBaseUrl", null)]
    [InlineData("ConnectionStrings:Migrations", "")]
    [InlineData("Metrics:Token", "")]
    [InlineData("AllowedHosts", "*")]
    [InlineData("Setup:AdminPassword", "some unrelated words 47")]
    public void Gaps_OfAnInstallationThatLacksOneThing_NameIt(string key, string? value) =>
        Assert.StartsWith(key, Assert.Single(StartChecks.FindGaps(ExampleFile.Read([.. Complete.Where(setting => setting.Key != key), (key, value)]))), StringComparison.Ordinal);

    [Fact]
    public void Gaps_WithNothingSet_NameWhoIsToldOfAlertsAndTheProxies()
    {
        var gaps = StartChecks.FindGaps(new ConfigurationBuilder().Build()).ToList();

        Assert.Equal(7, gaps.Count);
        Assert.Contains(gaps, gap => gap.StartsWith("Ops:AlertEmails", StringComparison.Ordinal));
        Assert.Contains(gaps, gap => gap.StartsWith("Proxies:Known", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080")]
    [InlineData("http://+:8080", "http://127.0.0.1:8080")]
    [InlineData("http://*:8080", "http://127.0.0.1:8080")]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080")]
    [InlineData("http://[::]:8080", "http://127.0.0.1:8080")]
    [InlineData("https://10.1.2.3:8443", "https://10.1.2.3:8443")]
    public void Address_ThatIsListenedOn_IsPrintedAsOneThatOpens(string listening, string printed) => Assert.Equal(printed, PublicAddress.Openable(listening));

    [Fact]
    public async Task Step_ThatTakesLong_SaysAfterFiveSecondsThatItIsStillUnderWay()
    {
        var time = new FakeTimeProvider();
        var step = new TaskCompletionSource<int>();
        List<string> lines = [];
        var told = step.Task.TellAsync("Still fetching", lines.Add, time);

        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(lines);
        time.Advance(TimeSpan.FromSeconds(1));
        await AppHost.EventuallyAsync(() => Task.FromResult(lines.Count > 0), "a line is written");

        step.SetResult(47);
        Assert.Equal(47, await told);
        Assert.Equal(["Still fetching (5 s) …"], lines);
    }
}
