using BuatFilm.Admin.Integrations.Resilience;
using BuatFilm.Core;
using BuatFilm.Core.Breakers;
using Microsoft.Extensions.Time.Testing;

namespace BuatFilm.Tests.Integrations.Resilience;

/// <summary>Who may try a service that is down, and what the attempt proves.</summary>
public sealed class TrialTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<BreakerChange> _changes = [];
    private readonly ServicePipeline _pipeline;

    public TrialTests() => _pipeline = new ServicePipeline(ExternalService.Smtp, Calls.Options(), _time, _changes.Add);

    [Fact]
    public async Task Breaker_WithSomebodyWhoGrantsTrials_RefusesCustomersAfterTheBreakToo()
    {
        _pipeline.Attend();
        await _pipeline.OutagesAsync(5);
        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.True(_pipeline.IsTrialDue);
        Assert.Equal(0, _pipeline.Admits(10));
        Assert.Equal(ServiceVerdict.NotCalled, (await _pipeline.AnswerAsync(ServiceVerdict.Answered)).Verdict);
        Assert.Equal(BreakerState.Open, _pipeline.State);
    }

    [Fact]
    public async Task Trial_AmongTwoHundredCallers_IsOne()
    {
        _pipeline.Attend();
        await _pipeline.OutagesAsync(5);
        _time.Advance(TimeSpan.FromSeconds(61));
        var trial = _pipeline.GrantTrial(toProbe: false)!;
        Assert.Equal(1, _pipeline.Admits(10));
        var answer = new TaskCompletionSource();
        var called = 0;
        using var gate = new Barrier(4);

        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            gate.SignalAndWait();
            var calls = Enumerable.Range(0, 50).Select(_ => _pipeline.CallAsync(async _ =>
            {
                Interlocked.Increment(ref called);
                await answer.Task;
                return new CallAnswer(ServiceVerdict.Answered);
            })).ToList();
            return await Task.WhenAll(calls);
        })).ToList();
        while (Volatile.Read(ref called) == 0)
        {
            await Task.Yield();
        }

        Assert.Equal(BreakerState.HalfOpen, _pipeline.State);
        Assert.Equal(0, _pipeline.Admits(10));
        Assert.False(trial.Ended.IsCompleted);
        Assert.True(SpinWait.SpinUntil(() => _pipeline.Snapshot().Recent.ShortCircuited == 199, TimeSpan.FromSeconds(20)));
        answer.SetResult();

        var answers = (await Task.WhenAll(callers)).SelectMany(all => all).ToList();
        Assert.Equal(1, called);
        Assert.Equal((1, 199), (answers.Count(one => one.Verdict == ServiceVerdict.Answered), answers.Count(one => one.Verdict == ServiceVerdict.NotCalled)));
        Assert.True(trial.Ended.IsCompleted);
        Assert.Equal(BreakerState.Closed, _pipeline.State);
    }

    [Fact]
    public async Task Breaker_WhoseAttendantIsSilent_LetsAnybodyTry()
    {
        _pipeline.Attend();
        await _pipeline.OutagesAsync(5);
        _time.Advance(TimeSpan.FromSeconds(60) + ServicePipeline.AttendantSilence - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _pipeline.Admits(10));

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, _pipeline.Admits(10));
        Assert.Equal(ServiceVerdict.Answered, (await _pipeline.AnswerAsync(ServiceVerdict.Answered)).Verdict);
        Assert.Equal(BreakerState.Closed, _pipeline.State);
    }

    [Fact]
    public async Task Trial_ThatIsAnothersTurn_IsPutOffAndShown()
    {
        _pipeline.Attend();
        await _pipeline.OutagesAsync(5);
        _time.Advance(TimeSpan.FromSeconds(60));
        var until = _time.GetUtcNow() + TimeSpan.FromSeconds(90);

        _pipeline.DeferTrial(until);

        Assert.Equal((BreakerState.Open, until, BreakerCause.TrialDeferred), (_changes[^1].State, _changes[^1].RetryAt, _changes[^1].Cause));
        Assert.Equal(TimeSpan.FromSeconds(90), (await _pipeline.AnswerAsync(ServiceVerdict.Answered)).RetryAfter);

        // The other was faster than it thought: the turn comes early.
        Assert.True(_pipeline.IsTrialDue);
        Assert.NotNull(_pipeline.GrantTrial(toProbe: false));
        Assert.Equal(1, _pipeline.Admits(10));
    }

    [Fact]
    public async Task Trial_ForAProbe_IsNotForWork_NorTheOtherWayRound()
    {
        _pipeline.Attend();
        await _pipeline.OutagesAsync(5);
        _time.Advance(TimeSpan.FromSeconds(60));
        var forProbe = _pipeline.GrantTrial(toProbe: true)!;
        Assert.Equal(ServiceVerdict.NotCalled, (await _pipeline.AnswerAsync(ServiceVerdict.Answered)).Verdict);
        Assert.True(_pipeline.RevokeTrial(forProbe));
        Assert.True(forProbe.Ended.IsCompleted);

        var forWork = _pipeline.GrantTrial(toProbe: false)!;
        Assert.Equal(ServiceVerdict.NotCalled, await _pipeline.ProbeAsync(ServiceVerdict.Answered));
        Assert.Equal(ServiceVerdict.Answered, (await _pipeline.AnswerAsync(ServiceVerdict.Answered)).Verdict);
        Assert.False(_pipeline.RevokeTrial(forWork));
    }

    [Fact]
    public async Task Stragglers_FromBeforeTheBreak_DecideNothing()
    {
        var good = _pipeline.Begin();
        var bad = _pipeline.Begin();
        await _pipeline.OutagesAsync(5);

        good.End.SetResult(new CallAnswer(ServiceVerdict.Answered));
        bad.End.SetResult(new CallAnswer(ServiceVerdict.Outage));

        // They get their own answers all the same.
        Assert.Equal((ServiceVerdict.Answered, ServiceVerdict.Outage), ((await good.Call).Verdict, (await bad.Call).Verdict));
        Assert.Equal(BreakerState.Open, _pipeline.State);
        Assert.Single(_changes);
    }

    [Theory]
    [InlineData(ServiceVerdict.Answered)]
    [InlineData(ServiceVerdict.Outage)]
    [InlineData(ServiceVerdict.Misconfigured)]
    public async Task Stragglers_DuringTheTrial_LeaveItToTheTrial(ServiceVerdict verdict)
    {
        // Attempts longer than the break, as mail has them in Development.
        var options = Calls.Options();
        options.AttemptTimeout = TimeSpan.FromSeconds(30);
        options.BreakDuration = TimeSpan.FromSeconds(1);
        var pipeline = new ServicePipeline(ExternalService.Smtp, options, _time, _changes.Add);
        var stragglers = Enumerable.Range(0, 6).Select(_ => pipeline.Begin()).ToList();
        await pipeline.OutagesAsync(5);
        _time.Advance(TimeSpan.FromSeconds(2));
        var trial = pipeline.Begin();
        Assert.Equal(BreakerState.HalfOpen, pipeline.State);

        stragglers[0].End.SetResult(new CallAnswer(verdict, "late"));
        await stragglers[0].Call;
        Assert.Equal(BreakerState.HalfOpen, pipeline.State);
        Assert.Null(pipeline.Fault);

        trial.End.SetResult(new CallAnswer(ServiceVerdict.Answered));
        await trial.Call;
        Assert.Equal(BreakerState.Closed, pipeline.State);

        // Nor do those that come after it count against the breaker that has just closed.
        foreach (var straggler in stragglers.Skip(1))
        {
            straggler.End.SetResult(new CallAnswer(ServiceVerdict.Outage, "late"));
            await straggler.Call;
        }

        Assert.Equal(BreakerState.Closed, pipeline.State);
        Assert.Equal(0, pipeline.Snapshot().OutagesInARow);
    }

    [Fact]
    public async Task Probe_ThatGreetsWhileWorkFails_DoesNotMakeTheBreakerFlap()
    {
        await _pipeline.OutagesAsync(5);
        _time.Advance(TimeSpan.FromSeconds(60));
        await _pipeline.ProbeAsync(ServiceVerdict.Answered);
        Assert.Equal(BreakerState.Closed, _pipeline.State);
        Assert.Equal(1, _pipeline.Admits(10)); // One at a time, until one has gone well.

        // One message is enough to find out, and the break goes on growing.
        await _pipeline.OutagesAsync(1);
        Assert.Equal((BreakerState.Open, BreakerCause.ProbationFailed), (_pipeline.State, _changes[^1].Cause));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(120), _changes[^1].RetryAt);

        _time.Advance(TimeSpan.FromSeconds(120));
        await _pipeline.ProbeAsync(ServiceVerdict.Answered);
        for (var message = 0; message < 10; message++)
        {
            await _pipeline.AnswerAsync(ServiceVerdict.Answered);
            Assert.Equal(10, _pipeline.Admits(10));
        }

        await _pipeline.OutagesAsync(4);
        Assert.Equal(BreakerState.Closed, _pipeline.State);
        await _pipeline.OutagesAsync(1);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(60), _changes[^1].RetryAt);
    }

    [Fact]
    public async Task Probes_ThatSucceedBetweenFailingWork_DoNotKeepTheBreakerClosed()
    {
        for (var call = 0; call < 5; call++)
        {
            Assert.Equal(BreakerState.Closed, _pipeline.State);
            await _pipeline.OutagesAsync(1);
            await _pipeline.ProbeAsync(ServiceVerdict.Answered);
            await _pipeline.ProbeAsync(ServiceVerdict.Answered);
        }

        Assert.Equal((BreakerState.Open, BreakerCause.ConsecutiveOutages), (_pipeline.State, _changes[^1].Cause));
    }

    [Fact]
    public async Task Blips_ThatOnlyProbesSee_DoNotAddUpOverTheNight()
    {
        for (var blip = 0; blip < 20; blip++)
        {
            await _pipeline.ProbeAsync(ServiceVerdict.Outage);
            await _pipeline.ProbeAsync(ServiceVerdict.Answered);
            _time.Advance(TimeSpan.FromMinutes(20));
        }

        Assert.Equal(BreakerState.Closed, _pipeline.State);
    }

    [Fact]
    public async Task EndBreak_LetsTheTrialGoAtOnce_AndAFailureOpensAgainForLonger()
    {
        await _pipeline.OutagesAsync(5);
        Assert.False(_pipeline.IsTrialDue);

        _pipeline.EndBreak();

        Assert.True(_pipeline.IsTrialDue);
        await _pipeline.AnswerAsync(ServiceVerdict.Outage);
        Assert.Equal((BreakerState.Open, _time.GetUtcNow() + TimeSpan.FromSeconds(120)), (_changes[^1].State, _changes[^1].RetryAt));

        _pipeline.EndBreak();
        await _pipeline.AnswerAsync(ServiceVerdict.Answered);
        Assert.Equal(BreakerState.Closed, _pipeline.State);
        await _pipeline.OutagesAsync(4);
        Assert.Equal(BreakerState.Closed, _pipeline.State);
    }
}
