using BuatFilm.Core.Breakers;

namespace BuatFilm.Tests.Breakers;

public sealed class StateStripTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 7, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_NoNode_KnowsNothing() => Assert.All(StateStrip.Of([], Now).Minutes, minute => Assert.Null(minute));

    [Fact]
    public void Of_ANodeThatDidNotMove_IsAsItIsSinceItLives()
    {
        var strip = StateStrip.Of(StateStrip.SpansOf([], Now.AddMinutes(-10), Now, BreakerState.Closed), Now);

        Assert.Equal(10, strip.MinutesIn(BreakerState.Closed));
        Assert.Null(strip.Minutes[49]);
        Assert.Equal(BreakerState.Closed, strip.Minutes[50]);
        Assert.Equal(BreakerState.Closed, strip.Minutes[59]);
    }

    [Fact]
    public void Of_AnOutage_ColoursTheMinutesThatItTouched()
    {
        StateMove[] moves = [new(BreakerState.Closed, BreakerState.Open, Now.AddMinutes(-30.5)), new(BreakerState.Open, BreakerState.Closed, Now.AddMinutes(-28.5))];

        var strip = StateStrip.Of(StateStrip.SpansOf(moves, Now.AddHours(-5), Now, BreakerState.Closed), Now);

        Assert.Equal(3, strip.MinutesIn(BreakerState.Open));
        Assert.Equal([BreakerState.Closed, BreakerState.Open, BreakerState.Open, BreakerState.Open, BreakerState.Closed], strip.Minutes[28..33].Select(minute => minute!.Value));
    }

    [Fact]
    public void Of_AnOutageOfABlink_IsSeen()
    {
        StateMove[] moves = [new(BreakerState.Closed, BreakerState.Open, Now.AddMinutes(-1)), new(BreakerState.Open, BreakerState.Closed, Now.AddMinutes(-1))];

        var strip = StateStrip.Of(StateStrip.SpansOf(moves, Now.AddHours(-5), Now, BreakerState.Closed), Now);

        Assert.Equal(BreakerState.Open, strip.Minutes[59]);
    }

    [Fact]
    public void Of_SeveralNodes_ShowsTheWorst()
    {
        var calm = StateStrip.SpansOf([], Now.AddHours(-5), Now, BreakerState.Closed);
        var bad = StateStrip.SpansOf([new StateMove(BreakerState.Open, BreakerState.Closed, Now.AddMinutes(-50))], Now.AddHours(-5), Now, BreakerState.Closed);

        Assert.Equal(10, StateStrip.Of([.. calm, .. bad], Now).MinutesIn(BreakerState.Open));
        Assert.Equal(10, StateStrip.Of([.. bad, .. calm], Now).MinutesIn(BreakerState.Open));
    }

    [Fact]
    public void Of_ANodeThatStopped_CountsOnlyWhileItLived()
    {
        var gone = StateStrip.SpansOf([new StateMove(BreakerState.Closed, BreakerState.Open, Now.AddMinutes(-40))], Now.AddHours(-5), Now.AddMinutes(-20), BreakerState.Open);

        var strip = StateStrip.Of(gone, Now);

        Assert.Equal(20, strip.MinutesIn(BreakerState.Open));
        Assert.Null(strip.Minutes[59]);
    }
}
