using BuatFilm.Core.Alerts;

namespace BuatFilm.Tests.Alerts;

public sealed class DeadLetterRuleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 5, 0, 0, TimeSpan.Zero);
    private static readonly DeadLetterAlert Open = new(Count: 3, ToldCount: 3, LatestAt: Noon, IsAcknowledged: false, LastNewAt: Noon);

    [Fact]
    public void After_WithoutAnAlert_TheFirstLetterRaisesOne()
    {
        Assert.Equal(DeadLetterStep.Nothing, After(null, 0, null));
        Assert.Equal(DeadLetterStep.Raise, After(null, 1, Noon));
    }

    [Fact]
    public void After_AnAlertThatEndedWithLettersLeft_OnlyANewOneRaisesTheNext()
    {
        Assert.Equal(DeadLetterStep.Nothing, DeadLetterRule.After(null, new DeadLetterFigures(3, Noon), Noon, null, Noon.AddHours(2)));
        Assert.Equal(DeadLetterStep.Raise, DeadLetterRule.After(null, new DeadLetterFigures(4, Noon.AddSeconds(1)), Noon, null, Noon.AddHours(2)));
    }

    [Theory]
    [InlineData(4, DeadLetterStep.Update)]
    [InlineData(29, DeadLetterStep.Update)]
    [InlineData(30, DeadLetterStep.UpdateAndTell)]
    public void After_NewLetters_AreTheSameAlertUntilTheyAreTenfold(int count, DeadLetterStep expected) =>
        Assert.Equal(expected, After(Open, count, Noon.AddSeconds(5)));

    [Fact]
    public void After_LettersThatWent_AreCountedAnew()
    {
        Assert.Equal(DeadLetterStep.Recount, After(Open, 2, Noon));
        Assert.Equal(DeadLetterStep.Nothing, After(Open, 3, Noon));
    }

    [Fact]
    public void After_NoneIsLeft_EndsOnceItHasStayedSo()
    {
        Assert.Equal(DeadLetterStep.Nothing, DeadLetterRule.After(Open, new DeadLetterFigures(0, null), null, Noon, Noon.AddSeconds(59)));
        Assert.Equal(DeadLetterStep.Resolve, DeadLetterRule.After(Open, new DeadLetterFigures(0, null), null, Noon, Noon.AddSeconds(60)));
    }

    [Theory]
    [InlineData(false, 120, DeadLetterStep.Nothing)]
    [InlineData(true, 59, DeadLetterStep.Nothing)]
    [InlineData(true, 60, DeadLetterStep.Resolve)]
    public void After_QuietTime_EndsOnlyWhatSomebodyHasTakenOn(bool isAcknowledged, int minutes, DeadLetterStep expected) =>
        Assert.Equal(expected, DeadLetterRule.After(Open with { IsAcknowledged = isAcknowledged }, new DeadLetterFigures(3, Noon), null, null, Noon.AddMinutes(minutes)));

    private static DeadLetterStep After(DeadLetterAlert? open, long count, DateTimeOffset? latest) =>
        DeadLetterRule.After(open, new DeadLetterFigures(count, latest), null, null, Noon.AddMinutes(1));
}
