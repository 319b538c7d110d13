using BuatFilm.Core;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;

namespace BuatFilm.Tests.Degradation;

public sealed class CapabilityRulesTests
{
    [Theory]
    [InlineData("", "works works works works works")]
    [InlineData("Midtrans", "works delayed works works works")]
    [InlineData("Smtp", "works works delayed works works")]
    [InlineData("WhatsApp", "works works works delayed works")]
    [InlineData("Database", "stopped stopped stopped stopped stopped")]
    [InlineData("Midtrans Database", "stopped stopped stopped stopped stopped")]
    public void Of_ByWhatIsDown_SaysWhatStillWorks(string down, string expected)
    {
        var capabilities = Of(Services(down), [ExternalService.WhatsApp]);

        Assert.Equal(Enum.GetValues<Capability>(), capabilities.Select(capability => capability.Capability));
        Assert.Equal(expected, string.Join(' ', capabilities.Select(capability => WireName<CapabilityState>.Of(capability.State))));
        Assert.All(capabilities, capability => Assert.Equal(capability.State == CapabilityState.Works, capability.Causes.Count == 0));
        Assert.All(capabilities, capability => Assert.Subset(Services(down).ToHashSet(), capability.Causes.ToHashSet()));
    }

    [Fact]
    public void Of_AChannelThatIsNotSetUp_IsStoppedWithoutACause()
    {
        var whatsApp = Of([ExternalService.Database], []).Single(capability => capability.Capability == Capability.SendWhatsapp);

        Assert.Equal((CapabilityState.Stopped, false), (whatsApp.State, whatsApp.IsConfigured));
        Assert.Empty(whatsApp.Causes);
    }

    [Fact]
    public void Of_WhatNobodyHasCheckedYet_WorksUntilItIsKnownNotTo() =>
        Assert.All(CapabilityRules.Of(_ => ServiceHealth.Unknown, _ => true), capability => Assert.Equal(CapabilityState.Works, capability.State));

    [Fact]
    public void Of_EverySetOfServices_GetsNoBetterWhenOneMoreGoes()
    {
        var all = Enum.GetValues<ExternalService>();
        for (var bits = 0; bits < 1 << all.Length; bits++)
        {
            ExternalService[] down = [.. all.Where((_, place) => (bits & (1 << place)) != 0)];
            foreach (var further in all.Except(down))
            {
                var before = Of(down, [ExternalService.WhatsApp]);
                var after = Of([.. down, further], [ExternalService.WhatsApp]);

                Assert.All(before.Zip(after), pair => Assert.True(pair.Second.State >= pair.First.State));
            }
        }
    }

    [Fact]
    public void RetryHint_ByTheBreaker_IsItsTimeAndALittleMore()
    {
        var now = new DateTimeOffset(2026, 11, 23, 7, 0, 0, TimeSpan.Zero);
        var period = TimeSpan.FromSeconds(2);

        Assert.Equal(TimeSpan.FromSeconds(40), RetryHint.After(now.AddSeconds(40), period, 0, now));
        Assert.Equal(TimeSpan.FromSeconds(45), RetryHint.After(now.AddSeconds(40), period, 0.5, now));
        Assert.Equal(period, RetryHint.After(null, period, 0, now));
        Assert.Equal(period, RetryHint.After(now.AddSeconds(-5), period, 0, now));
        Assert.InRange(RetryHint.After(null, period, 0.999, now), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
        Assert.Equal(RetryHint.Longest, RetryHint.After(now.AddHours(1), period, 0.9, now));
        Assert.Equal(RetryHint.Shortest, RetryHint.After(now.AddMilliseconds(1), period, 0, now));
    }

    private static IReadOnlyList<CapabilityStatus> Of(ExternalService[] down, ExternalService[] optional) => CapabilityRules.Of(
        service => down.Contains(service) ? ServiceHealth.Unhealthy : ServiceHealth.Healthy,
        service => service != ExternalService.WhatsApp || optional.Contains(service));

    private static ExternalService[] Services(string names) => [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<ExternalService>)];
}
