using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Integrations.Resilience;

/// <summary>What operators can make of a breaker, and what a service that refuses us makes of it.</summary>
public sealed class ModeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<BreakerChange> _changes = [];
    private readonly ServicePipeline _pipeline;

    public ModeTests() => _pipeline = new ServicePipeline(ExternalService.Midtrans, Calls.Options(), _time, _changes.Add, TimeSpan.FromMinutes(5));

    [Fact]
    public async Task Isolated_CallsNobody_AndHandsBackWhatItFound()
    {
        _pipeline.SetMode(BreakerMode.Isolated, BreakerCause.Operator);

        var refused = await _pipeline.AnswerAsync(ServiceVerdict.Answered);
        Assert.Equal((ServiceVerdict.NotCalled, (TimeSpan?)null), (refused.Verdict, refused.RetryAfter));
        Assert.Equal((BreakerState.Isolated, 0), (_pipeline.State, _pipeline.Admits(8)));
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(BreakerState.Isolated, _pipeline.State);
        Assert.False(_pipeline.IsTrialDue);

        _pipeline.SetMode(BreakerMode.Automatic, BreakerCause.OperatorReleased);
        Assert.Equal((BreakerState.Closed, 8), (_pipeline.State, _pipeline.Admits(8)));
        Assert.Equal([(BreakerState.Closed, BreakerState.Isolated), (BreakerState.Isolated, BreakerState.Closed)], _changes.Select(change => (change.From, change.State)));
    }

    [Fact]
    public async Task Isolated_OfAnOpenBreaker_IsOpenAgainAfterwards()
    {
        await _pipeline.OutagesAsync(5);
        _pipeline.SetMode(BreakerMode.Isolated, BreakerCause.Operator);
        _time.Advance(TimeSpan.FromMinutes(10));

        _pipeline.SetMode(BreakerMode.Automatic, BreakerCause.OverrideExpired);

        Assert.Equal(BreakerState.Open, _pipeline.State);
        Assert.True(_pipeline.IsTrialDue);
    }

    [Fact]
    public async Task Disabled_LetsEverythingThrough_AlsoWhileTheServiceIsDown()
    {
        await _pipeline.OutagesAsync(5);

        _pipeline.SetMode(BreakerMode.Disabled, BreakerCause.Operator);

        Assert.Equal((BreakerState.Closed, 8), (_pipeline.State, _pipeline.Admits(8)));
        for (var call = 0; call < 20; call++)
        {
            Assert.Equal(ServiceVerdict.Outage, (await _pipeline.AnswerAsync(ServiceVerdict.Outage)).Verdict);
        }

        // What happened meanwhile is not held against the service: the break goes on where it was.
        _pipeline.SetMode(BreakerMode.Automatic, BreakerCause.OperatorReleased);
        Assert.Equal(BreakerState.Open, _pipeline.State);
    }

    [Fact]
    public async Task MonitorOnly_NeverRefuses_AndNotesWhatItWouldHaveDone()
    {
        _pipeline.SetMode(BreakerMode.MonitorOnly, BreakerCause.Operator);

        for (var call = 0; call < 20; call++)
        {
            Assert.Equal(ServiceVerdict.Outage, (await _pipeline.AnswerAsync(ServiceVerdict.Outage)).Verdict);
        }

        Assert.Equal(BreakerState.Closed, _pipeline.State);
        Assert.Equal(new ShadowFigures(BreakerState.Open, TimesOpened: 1, WouldHaveRefused: 15), _pipeline.Snapshot().Shadow);

        // It would try again after the break, and close.
        _time.Advance(TimeSpan.FromSeconds(60));
        await _pipeline.AnswerAsync(ServiceVerdict.Answered);
        Assert.Equal(new ShadowFigures(BreakerState.Closed, TimesOpened: 1, WouldHaveRefused: 15), _pipeline.Snapshot().Shadow);

        _pipeline.SetMode(BreakerMode.Automatic, BreakerCause.OperatorReleased);
        Assert.Null(_pipeline.Snapshot().Shadow);
        await _pipeline.OutagesAsync(4);
        Assert.Equal(BreakerState.Closed, _pipeline.State);
    }

    [Fact]
    public async Task Misconfigured_PausesTheService_WithoutCountingForTheBreaker()
    {
        var first = await _pipeline.AnswerAsync(ServiceVerdict.Misconfigured, "http_401");
        Assert.Equal(ServiceVerdict.Misconfigured, first.Verdict);
        Assert.Equal(new ServiceFault("http_401", _time.GetUtcNow(), _time.GetUtcNow() + TimeSpan.FromMinutes(5)), _pipeline.Fault);
        Assert.Equal((BreakerState.Closed, 0, 0), (_pipeline.State, _pipeline.Admits(8), _pipeline.Snapshot().OutagesInARow));
        _time.Advance(TimeSpan.FromMinutes(1));
        var refused = await _pipeline.AnswerAsync(ServiceVerdict.Answered);
        Assert.Equal((ServiceVerdict.NotCalled, TimeSpan.FromMinutes(4)), (refused.Verdict, refused.RetryAfter));

        // One trial; while it is refused too, the pause begins anew, and the fault keeps its age.
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(1, _pipeline.Admits(8));
        await _pipeline.AnswerAsync(ServiceVerdict.Misconfigured, "http_401");
        Assert.Equal(0, _pipeline.Admits(8));
        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromMinutes(5), _pipeline.Fault!.Since);

        _time.Advance(TimeSpan.FromMinutes(5));
        await _pipeline.AnswerAsync(ServiceVerdict.Answered);
        Assert.Null(_pipeline.Fault);
        Assert.Equal(8, _pipeline.Admits(8));
        Assert.Equal(BreakerCause.ConfigurationAccepted, _changes[^1].Cause);
        Assert.All(_changes, change => Assert.Equal(BreakerState.Closed, change.State));
    }

    [Fact]
    public async Task Misconfigured_WhenASettingChanges_IsTriedAtOnceAndForgottenAtTheFirstAnswer()
    {
        await _pipeline.AnswerAsync(ServiceVerdict.Misconfigured, "http_401");

        _pipeline.EndPause();

        Assert.Equal(8, _pipeline.Admits(8));
        Assert.NotNull(_pipeline.Fault); // Nobody knows yet whether it is right now.
        await _pipeline.AnswerAsync(ServiceVerdict.Answered);
        Assert.Null(_pipeline.Fault);
    }

    [Fact]
    public async Task Misconfigured_AsTheTrialOfAnOpenBreaker_ClosesItAndPauses()
    {
        await _pipeline.OutagesAsync(5);
        _time.Advance(TimeSpan.FromSeconds(60));

        await _pipeline.AnswerAsync(ServiceVerdict.Misconfigured, "auth");

        Assert.Equal((BreakerState.Closed, "auth", 0), (_pipeline.State, _pipeline.Fault?.Class, _pipeline.Admits(8)));
    }

    [Fact]
    public async Task Misconfigured_WhoseTrialFindsNobody_StaysPaused()
    {
        await _pipeline.AnswerAsync(ServiceVerdict.Misconfigured, "auth");
        _time.Advance(TimeSpan.FromMinutes(5));

        await _pipeline.OutagesAsync(1);

        Assert.Equal(("auth", 0, 1), (_pipeline.Fault?.Class, _pipeline.Admits(8), _pipeline.Snapshot().OutagesInARow));
    }
}
