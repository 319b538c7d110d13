using BuatFilm.Core;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;

namespace BuatFilm.Tests.Degradation;

public sealed class DegradationRulesTests
{
    [Theory]
    [InlineData("", DegradationLevel.Normal)]
    [InlineData("Midtrans", DegradationLevel.Degraded)]
    [InlineData("Smtp", DegradationLevel.Degraded)]
    [InlineData("WhatsApp", DegradationLevel.Degraded)]
    [InlineData("Database", DegradationLevel.Emergency)]
    [InlineData("Midtrans Smtp", DegradationLevel.Severe)]
    [InlineData("Smtp WhatsApp", DegradationLevel.Severe)]
    [InlineData("Midtrans WhatsApp", DegradationLevel.Severe)]
    [InlineData("Midtrans Database", DegradationLevel.Emergency)]
    [InlineData("Midtrans Smtp WhatsApp", DegradationLevel.Emergency)]
    [InlineData("Midtrans Database Smtp WhatsApp", DegradationLevel.Emergency)]
    public void LevelOf_ByWhatIsDown_CountsAndNamesTheCauses(string down, DegradationLevel expected)
    {
        var causes = Services(down);

        // In reverse, to show that the causes come in their own order.
        var verdict = DegradationRules.LevelOf(Enum.GetValues<ExternalService>().Reverse().Select(service =>
            KeyValuePair.Create(service, causes.Contains(service) ? ServiceHealth.Unhealthy : ServiceHealth.Healthy)));

        Assert.Equal(expected, verdict.Level);
        Assert.Equal(causes, verdict.Causes);
    }

    [Theory]
    [InlineData("", DegradationLevel.Normal)]
    [InlineData("Smtp", DegradationLevel.Degraded)]
    public void LevelOf_WhenTheOthersAreUnknown_CountsOnlyWhatIsKnown(string down, DegradationLevel expected)
    {
        var causes = Services(down);

        var verdict = DegradationRules.LevelOf(Enum.GetValues<ExternalService>().Select(service =>
            KeyValuePair.Create(service, causes.Contains(service) ? ServiceHealth.Unhealthy : ServiceHealth.Unknown)));

        Assert.Equal(expected, verdict.Level);
    }

    [Fact]
    public void LevelOf_Nothing_IsNormal()
    {
        var verdict = DegradationRules.LevelOf([]);

        Assert.Equal(DegradationLevel.Normal, verdict.Level);
        Assert.Empty(verdict.Causes);
    }

    private static List<ExternalService> Services(string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<ExternalService>)];
}
